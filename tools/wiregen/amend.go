package main

import (
	"encoding/json"
	"fmt"
)

// amend lays what Merlon adds to a model over it: data holds shapes by name with the fields that change; members are added to those
// that are there. Everything it says is listed in docs/divergences.md.
func amend(m *model, data []byte) error {
	var amended struct {
		Shapes map[string]json.RawMessage `json:"shapes"`
	}
	if err := json.Unmarshal(data, &amended); err != nil {
		return fmt.Errorf("parse amendment: %w", err)
	}
	for name, fields := range amended.Shapes {
		s := m.Shapes[name]
		if s == nil {
			return fmt.Errorf("amendment of %s, which the model lacks", name)
		}
		if err := json.Unmarshal(fields, s); err != nil {
			return fmt.Errorf("amend %s: %w", name, err)
		}
		for _, ref := range s.references() {
			if m.Shapes[ref.Shape] == nil {
				return fmt.Errorf("amended shape %s refers to %s, which the model lacks", name, ref.Shape)
			}
		}
	}
	return nil
}
