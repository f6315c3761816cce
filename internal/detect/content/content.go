// Package content finds harmful content, texts of the categories HATE, INSULTS, SEXUAL, VIOLENCE and MISCONDUCT, by the guard model.
package content

import (
	"fmt"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/guardmodel"
)

// Category is a kind of harmful content, by the name that the wire uses.
type Category string

// The closed list of categories (spec/guardrails.md 12).
const (
	Hate       Category = "HATE"
	Insults    Category = "INSULTS"
	Sexual     Category = "SEXUAL"
	Violence   Category = "VIOLENCE"
	Misconduct Category = "MISCONDUCT"
)

// label gives the model's output for the category.
func (c Category) label() (guardmodel.Label, error) {
	switch c {
	case Hate:
		return guardmodel.Hate, nil
	case Insults:
		return guardmodel.Insults, nil
	case Sexual:
		return guardmodel.Sexual, nil
	case Violence:
		return guardmodel.Violence, nil
	case Misconduct:
		return guardmodel.Misconduct, nil
	default:
		return 0, fmt.Errorf("%.40q is no category of harmful content", string(c))
	}
}

// New makes a detector of categories, each of the closed list and named once.
func New(m *guardmodel.Model, categories ...Category) (detect.Detector, error) {
	kinds := make([]guardmodel.Kind, len(categories))
	for i, c := range categories {
		l, err := c.label()
		if err != nil {
			return nil, err
		}
		kinds[i] = guardmodel.Kind{Type: string(c), Labels: []guardmodel.Label{l}}
	}
	return m.Detector(detect.Content, kinds...), nil
}
