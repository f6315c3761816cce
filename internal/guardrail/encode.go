package guardrail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// configFormat is the first byte of an encoded configuration. Format 1 is JSON whose members are the fields of Config.
const configFormat = 1

// EncodeConfig gives the stored form of c. The same configuration always gives the same bytes.
func EncodeConfig(c Config) ([]byte, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode guardrail configuration: %w", err)
	}
	return append([]byte{configFormat}, body...), nil
}

// DecodeConfig reads what EncodeConfig wrote. It refuses formats and members that it does not know, because a filter that is
// lost in reading would fail open.
func DecodeConfig(stored []byte) (Config, error) {
	if len(stored) == 0 {
		return Config{}, errors.New("decode guardrail configuration: empty")
	}
	if stored[0] != configFormat {
		return Config{}, fmt.Errorf("decode guardrail configuration: format %d, want %d", stored[0], configFormat)
	}
	decoder := json.NewDecoder(bytes.NewReader(stored[1:]))
	decoder.DisallowUnknownFields()
	var c Config
	if err := decoder.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("decode guardrail configuration: %w", err)
	}
	if decoder.InputOffset() != int64(len(stored)-1) {
		return Config{}, errors.New("decode guardrail configuration: more after its end")
	}
	return c, nil
}

// row gives g as a store keeps it, without its configuration.
func (g Guardrail) row() Row {
	return Row{Summary: Summary{
		Scope: g.Scope, ID: g.ID, Version: g.Version,
		Name: g.Name, Description: g.Description, ProfileID: g.ProfileID, KMSKeyARN: g.KMSKeyARN,
		CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt, Revision: g.Revision, LastVersion: g.LastVersion,
	}}
}

// guardrail gives the version that the row holds, whose configuration is encoded.
func (r Row) guardrail(encoded []byte) (Guardrail, error) {
	config, err := DecodeConfig(encoded)
	if err != nil {
		return Guardrail{}, err
	}
	return Guardrail{
		Scope: r.Scope, Config: config, ID: r.ID, Version: r.Version,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Revision: r.Revision, LastVersion: r.LastVersion,
	}, nil
}
