package worker

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/decnet/decnet/pkg/decnet"
)

// Setting is one leaf of a configuration.
type Setting struct {
	// Key is its dotted name in a file, as in "api.listen".
	Key string
	// Env are the environment variables that set it; the first one counts.
	Env []string
	// Doc is its doc tag.
	Doc string
	// Value is what is in force and Origin where it came from: "default",
	// "file PATH", "env NAME" or "flag --NAME".
	Value  any
	Origin string

	field reflect.Value
}

// Sources are where a configuration comes from, besides its defaults.
type Sources struct {
	// File is a YAML, TOML or JSON file; empty means none.
	File string
	// Environ is os.Environ() or a test's.
	Environ []string
	// Flags maps keys to flags; one that was given on the command line wins.
	Flags map[string]*pflag.Flag
}

// Load fills cfg, a pointer to a struct that holds its defaults, from file, then
// environment, then flags. Leaves have the tags mapstructure (their key), env
// (further variable names, beside DECNET_ and the key) and doc. It returns every
// setting with its origin. An unknown key or a value of the wrong type is an
// error that says where it stands and what is wanted.
func Load(cfg any, src Sources) ([]Setting, error) {
	settings := leaves(reflect.ValueOf(cfg).Elem(), "")
	file := viper.New()
	if src.File != "" {
		if err := readFile(file, src.File, settings); err != nil {
			return nil, err
		}
	}
	env := make(map[string]string, len(src.Environ))
	for _, kv := range src.Environ {
		name, value, _ := strings.Cut(kv, "=")
		env[name] = value
	}
	for i := range settings {
		s := &settings[i]
		s.Origin = "default"
		raw := s.field.Interface()
		if src.File != "" && file.IsSet(s.Key) {
			raw, s.Origin = file.Get(s.Key), "file "+src.File
		}
		for _, name := range s.Env {
			if value, ok := env[name]; ok && value != "" {
				raw, s.Origin = value, "env "+name
				break
			}
		}
		if f := src.Flags[s.Key]; f != nil && f.Changed {
			raw, s.Origin = f.Value.String(), "flag --"+f.Name
		}
		if err := s.set(raw); err != nil {
			return nil, err
		}
	}
	return settings, nil
}

func readFile(v *viper.Viper, path string, known []Setting) error {
	v.SetConfigFile(path)
	if err := v.ReadInConfig(); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("config %s: there is no such file", path)
		}
		if errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("config %s: permission denied", path)
		}
		return fmt.Errorf("config %s: %w", path, oneLine(err))
	}
	names := make([]string, len(known))
	for i, s := range known {
		names[i] = s.Key
	}
	keys := v.AllKeys()
	slices.Sort(keys)
	for _, key := range keys {
		if slices.Contains(names, key) {
			continue
		}
		hint := ""
		if near := decnet.Nearest(key, names); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		return fmt.Errorf("config %s: unknown key %q%s", path, key, hint)
	}
	return nil
}

// oneLine keeps an error of a parser to the one line that is shown.
func oneLine(err error) error {
	text := strings.TrimPrefix(err.Error(), "While parsing config: ")
	return errors.New(strings.Join(strings.Fields(text), " "))
}

// leaves lists the settings of a struct, depth first in the order of its fields.
func leaves(v reflect.Value, prefix string) []Setting {
	var out []Setting
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("mapstructure"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if options == "squash" {
			out = append(out, leaves(v.Field(i), prefix)...)
			continue
		}
		key := prefix + name
		if f.Type.Kind() == reflect.Struct {
			out = append(out, leaves(v.Field(i), key+".")...)
			continue
		}
		s := Setting{Key: key, Doc: f.Tag.Get("doc"), field: v.Field(i), Env: []string{envName(key)}}
		if also := f.Tag.Get("env"); also != "" && also != s.Env[0] {
			s.Env = append(strings.Split(also, ","), s.Env[0])
		}
		out = append(out, s)
	}
	return out
}

func envName(key string) string {
	return "DECNET_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
}

// set converts raw to the field's type.
func (s *Setting) set(raw any) error {
	dec, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result: s.field.Addr().Interface(), WeaklyTypedInput: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(",")),
	})
	if err == nil {
		err = dec.Decode(raw)
	}
	if err != nil {
		return fmt.Errorf("%s: %s = %q: want %s", s.Origin, s.Key, fmt.Sprint(raw), describe(s.field.Type()))
	}
	s.Value = s.field.Interface()
	return nil
}

func describe(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 250ms or 5m"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		return "a whole number"
	case t.Kind() == reflect.Float64:
		return "a number"
	case t.Kind() == reflect.Slice:
		return "a list"
	}
	return "text"
}

// Unknown returns the DECNET_ variables of environ that set nothing, which are
// most likely misspelt.
func Unknown(settings []Setting, environ []string) []string {
	var unknown []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, "DECNET_") {
			continue
		}
		if !slices.ContainsFunc(settings, func(s Setting) bool { return slices.Contains(s.Env, name) }) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

// Hostname is this machine's name as a bus token; it is the default host.
func Hostname() string {
	name, _ := os.Hostname()
	name, _, _ = strings.Cut(strings.ToLower(name), ".")
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, name)
	name = strings.Trim(name[:min(len(name), 63)], "-")
	if decnet.CheckName(name) != nil {
		return "localhost"
	}
	return name
}
