package worker

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"

	"github.com/decnet/decnet/pkg/decnet"
)

// Setting is one leaf of a configuration.
type Setting struct {
	// Key is its dotted name in a file, as in "api.listen".
	Key string
	// Env are the environment variables that set it; see Variable.
	Env []Variable
	// Doc is its doc tag.
	Doc string
	// Secret says that Value must not be shown; use Shown for that.
	Secret bool
	// Value is what is in force and Origin where it came from: "default",
	// "file PATH", "env NAME", "env NAME (FILE)" or "flag --NAME"; for an
	// address whose parts are from different places "ORIGIN (host), ORIGIN (port)".
	Value  any
	Origin string

	field reflect.Value
}

// Shown is Value in a form that may be shown and that JSON and people
// understand: "(set)" for a secret, a URL without its credentials, a duration as
// text.
func (s *Setting) Shown() any {
	switch v := s.Value.(type) {
	case string:
		if s.Secret && v != "" {
			return isSet
		}
		return s.withoutCredentials(v)
	case time.Duration:
		return v.String()
	}
	return s.Value
}

// Load fills cfg, a pointer to a struct that holds its defaults, from file, then
// environment, then flags. Leaves have the tags mapstructure (their key), doc,
// env, env_host and env_port (variables beside DECNET_ and the key, see Variable)
// and secret. It returns every setting with its origin. An unknown key, a value
// of the wrong type or a secret that everybody knows is an error that says where
// it stands and what is wanted, and never shows a secret.
func Load(cfg any, src Sources) ([]Setting, error) {
	settings := leaves(reflect.ValueOf(cfg).Elem(), "")
	file := viper.New()
	if src.File != "" {
		if err := readFile(file, src.File, settings); err != nil {
			return nil, err
		}
	}
	layers := src.layers()
	for i := range settings {
		s := &settings[i]
		from := everywhere("default")
		raw := s.field.Interface()
		if src.File != "" && file.IsSet(s.Key) {
			raw, from = file.Get(s.Key), everywhere("file "+src.File)
		}
		for _, l := range layers {
			var err error
			if raw, from, err = s.overlay(l, raw, from); err != nil {
				return nil, err
			}
		}
		if f := src.Flags[s.Key]; f != nil && f.Changed {
			raw, from = f.Value.String(), everywhere("flag --"+f.Name)
		}
		s.Origin = from.String()
		if err := s.set(raw); err != nil {
			return nil, err
		}
	}
	return settings, nil
}

func readFile(v *viper.Viper, path string, known []Setting) error {
	if kind := strings.ToLower(filepath.Ext(path)); !slices.Contains([]string{".yaml", ".yml", ".toml", ".json"}, kind) {
		return fmt.Errorf("config %s: want a file in YAML, TOML or JSON, called .yaml, .yml, .toml or .json", path)
	}
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

// cited is what the YAML parser repeats of a file, which may be part of a secret.
var cited = regexp.MustCompile("`[^`]*`|anchor '[^']*'")

// oneLine keeps an error of a parser to the one line that is shown, with its place.
func oneLine(err error) error {
	text := strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "While parsing config: ")), " ")
	// TOML's errors know where they are but do not say so.
	if toml, ok := errors.AsType[interface {
		error
		Position() (row, column int)
	}](err); ok {
		row, _ := toml.Position()
		text = fmt.Sprintf("line %d: %s", row, text)
	}
	return errors.New(cited.ReplaceAllString(text, "…"))
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
		out = append(out, Setting{
			Key: key, Doc: f.Tag.Get("doc"), Secret: f.Tag.Get("secret") == "true",
			Env: variables(f.Tag, key), field: v.Field(i),
		})
	}
	return out
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
	if err != nil && s.Secret {
		return fmt.Errorf("%s: %s: want %s", s.Origin, s.Key, describe(s.field.Type()))
	}
	if err != nil {
		return fmt.Errorf("%s: %s = %q: want %s", s.Origin, s.Key, s.withoutCredentials(fmt.Sprint(raw)), describe(s.field.Type()))
	}
	s.Value = s.field.Interface()
	if text, ok := s.Value.(string); ok {
		for _, secret := range s.secretsIn(text) {
			if err := CheckSecret(s.Key, secret); err != nil {
				return fmt.Errorf("%s: %w", s.Origin, err)
			}
		}
	}
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
