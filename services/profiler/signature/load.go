package signature

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/decnet/decnet/pkg/decnet"
)

//go:embed data/*.yaml
var builtin embed.FS

// Bounds of what is loaded.
const (
	maxFile       = 1 << 20
	maxSignatures = 4096
)

// Builtin compiles the signatures that come with the program, once.
func Builtin() (*Set, error) { return builtinOnce() }

var builtinOnce = sync.OnceValues(func() (*Set, error) {
	list, err := readBuiltin()
	if err != nil {
		return nil, err
	}
	return Compile(list)
})

func readBuiltin() ([]Signature, error) {
	files, err := fs.Sub(builtin, "data")
	if err != nil {
		return nil, err
	}
	return Read(files)
}

// WithFolder compiles the built-in signatures and those in the .yaml files of a folder, which replace
// built-in ones of the same id. An error names file, line and signature.
func WithFolder(dir string) (*Set, error) {
	list, err := readBuiltin()
	if err != nil {
		return nil, err
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("signatures: %s is not a folder", dir)
	}
	own, err := Read(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("signatures of %s: %w", dir, err)
	}
	list = slices.DeleteFunc(list, func(s Signature) bool {
		return slices.ContainsFunc(own, func(o Signature) bool { return o.ID == s.ID })
	})
	return Compile(append(list, own...))
}

// Read reads the .yaml files of a folder, in the order of their names.
func Read(files fs.FS) ([]Signature, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	var list []Signature
	where := map[string]string{}
	for _, name := range names {
		data, err := readFile(files, name)
		if err != nil {
			return nil, err
		}
		some, err := Parse(name, data)
		if err != nil {
			return nil, err
		}
		for i := range some {
			if other, twice := where[some[i].ID]; twice {
				return nil, fmt.Errorf("%s: signature %s is also in %s", name, some[i].ID, other)
			}
			where[some[i].ID] = name
		}
		if list = append(list, some...); len(list) > maxSignatures {
			return nil, fmt.Errorf("%s: more than %d signatures", name, maxSignatures)
		}
	}
	return list, nil
}

func readFile(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // was only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s: larger than %d bytes", path.Base(name), maxFile)
	}
	return data, err
}

// Parse reads one file. Its errors begin with name.
func Parse(name string, data []byte) ([]Signature, error) {
	var file struct {
		Signatures []Signature `yaml:"signatures"`
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	switch err := d.Decode(&file); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, inOneLine(name, plainly(err))
	}
	for i := range file.Signatures {
		if err := file.Signatures[i].Validate(); err != nil {
			return nil, inOneLine(name, fmt.Sprintf("signature %s: %v", cmp.Or(file.Signatures[i].ID, fmt.Sprintf("number %d", i+1)), err))
		}
	}
	return file.Signatures, nil
}

// decoders says what a YAML error is about in words of Go, which mean nothing to who wrote the file.
var decoders = regexp.MustCompile(`^yaml: |unmarshal errors:| in type signature\.\w+`)

// plainly is an error of YAML.
func plainly(err error) string {
	text := strings.ReplaceAll(err.Error(), "field ", "there is no key ")
	text = strings.ReplaceAll(text, " not found in type", " in type")
	return decoders.ReplaceAllString(text, " ")
}

// inOneLine is an error in a file, which may quote several lines of it.
func inOneLine(name, what string) error {
	return fmt.Errorf("%s: %s", name, strings.Join(strings.Fields(what), " "))
}

// UnmarshalYAML reads one string or a list.
func (l *List) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*l = List{n.Value}
		return nil
	}
	return n.Decode((*[]string)(l))
}

// UnmarshalYAML reads a plain string as Is.
func (v *Value) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode || n.Kind == yaml.SequenceNode {
		return n.Decode(&v.Is)
	}
	type plain Value // without this method
	return known(n, (*plain)(v))
}

// known decodes a mapping, and refuses keys that there are not: the strictness of a decoder does not
// reach through a method.
func known(n *yaml.Node, into any) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch key := n.Content[i].Value; key {
		case "is", "prefix", "suffix", "contains", "all", "not", "runs", "matches", "at_least":
		default:
			return fmt.Errorf("line %d: %q is nothing that a value can be: want is, prefix, suffix, contains, all, not, runs, matches or at_least", n.Content[i].Line, key)
		}
	}
	return n.Decode(into)
}

// Concludes is what the signature concludes, in words.
func (s *Signature) Concludes() string {
	var parts []string
	for _, p := range []struct{ sort, name string }{
		{"tool", s.Tool}, {"phase", string(s.Phase)}, {"intent", string(s.Intent)}, {"decoy check", s.DecoyCheck},
	} {
		if p.name != "" {
			parts = append(parts, p.sort+" "+p.name)
		}
	}
	return strings.Join(parts, ", ")
}

// phaseNames and intentNames are for messages.
func phaseNames() string {
	var names []string
	for _, p := range decnet.AttackPhases() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

func intentNames() string {
	var names []string
	for _, i := range decnet.Intents() {
		names = append(names, string(i))
	}
	return strings.Join(names, ", ")
}
