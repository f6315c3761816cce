package config

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// EnvPrefix begins every environment variable that Load reads: MERLON_LISTEN sets listen, MERLON_QUOTAS__VERSIONS sets
// quotas.versions (two underscores for each step down). The environment wins over the file.
const EnvPrefix = "MERLON_"

// Load reads the YAML file at path (none if path is empty) and the environment over the defaults. A key that is not known, in either,
// is an error. It does not judge the values: Validate does.
func Load(path string, environ []string) (Config, error) {
	c := Default()
	k := koanf.New(".")
	if path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			return c, fmt.Errorf("read configuration: %w", err)
		}
		if err := k.Load(rawbytes.Provider(data), yaml.Parser()); err != nil {
			return c, fmt.Errorf("read configuration %s: %w", path, err)
		}
	}
	if err := k.Load(env.Provider(".", env.Opt{Prefix: EnvPrefix, TransformFunc: envKey, EnvironFunc: func() []string { return environ }}), nil); err != nil {
		return c, fmt.Errorf("read environment: %w", err)
	}
	err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, TagName: "koanf", ErrorUnused: true, WeaklyTypedInput: true,
		DecodeHook: mapstructure.StringToTimeDurationHookFunc(),
	}})
	if err != nil {
		return c, fmt.Errorf("configuration: %w", plain(err))
	}
	return c, nil
}

func envKey(name, value string) (string, any) {
	key := strings.ToLower(strings.TrimPrefix(name, EnvPrefix))
	return strings.ReplaceAll(key, "__", "."), value
}

// plain unfolds the decoder's error, which spreads over lines with bullets, into one line for each problem.
func plain(err error) error {
	var joined interface{ WrappedErrors() []error }
	if !errors.As(err, &joined) {
		return err
	}
	var texts []string
	for _, e := range joined.WrappedErrors() {
		texts = append(texts, e.Error())
	}
	return errors.New(strings.Join(texts, "; "))
}
