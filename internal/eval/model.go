package eval

import (
	"context"
	"time"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/guardrail"
)

// category is a content filter's category and the model's outputs behind it.
type category struct {
	name string
	of   []guardmodel.Label
}

// categories are those of harmful content.
func categories() []category {
	return []category{
		{string(guardrail.Hate), []guardmodel.Label{guardmodel.Hate}},
		{string(guardrail.Insults), []guardmodel.Label{guardmodel.Insults}},
		{string(guardrail.Sexual), []guardmodel.Label{guardmodel.Sexual}},
		{string(guardrail.Violence), []guardmodel.Label{guardmodel.Violence}},
		{string(guardrail.Misconduct), []guardmodel.Label{guardmodel.Misconduct}},
	}
}

// scored are the labels that the guard model has a score for, AnyContent first and PROMPT_ATTACK last.
func scored() []category {
	all := []category{{AnyContent, nil}}
	for _, c := range categories() {
		all[0].of = append(all[0].of, c.of...)
		all = append(all, c)
	}
	return append(all, category{string(guardrail.PromptAttack), []guardmodel.Label{guardmodel.Direct, guardmodel.Planted}})
}

// Model measures the guard model by itself, at each of its confidences.
type Model struct{ guard *guardmodel.Model }

// NewModel makes a scorer of the guard model.
func NewModel(guard *guardmodel.Model) Model { return Model{guard} }

// Labels are the content categories, AnyContent and PROMPT_ATTACK.
func (Model) Labels() (names []string) {
	for _, c := range scored() {
		names = append(names, c.name)
	}
	return names
}

// Points are the confidences: a filter of strength HIGH acts from LOW on, one of strength LOW at HIGH alone.
func (Model) Points() []string {
	return []string{detect.Low.String(), detect.Medium.String(), detect.High.String()}
}

// Score reads a text.
func (m Model) Score(ctx context.Context, s string) ([]Verdict, time.Duration, error) {
	start := time.Now()
	reading, err := m.guard.Read(ctx, text.New(s))
	if err != nil {
		return nil, 0, err
	}
	took := time.Since(start)
	var out []Verdict
	for _, c := range scored() {
		score, _ := reading.Peak(c.of...)
		confidence := m.guard.Confidence(score)
		out = append(out, Verdict{score, []bool{confidence >= detect.Low, confidence >= detect.Medium, confidence >= detect.High}})
	}
	return out, took, nil
}
