package eval

import (
	"context"
	"time"

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

// scored are the labels that the guard model has a score for: the categories and PROMPT_ATTACK.
func scored() []category {
	return append(categories(), category{string(guardrail.PromptAttack), []guardmodel.Label{guardmodel.Direct, guardmodel.Planted}})
}

// Model measures the guard model by itself, at each strength that a filter can have. Its labels are the content categories, AnyContent
// and PROMPT_ATTACK.
type Model struct{ guard *guardmodel.Model }

// NewModel makes a scorer of the guard model.
func NewModel(guard *guardmodel.Model) Model { return Model{guard} }

// Score reads a row's text.
func (m Model) Score(ctx context.Context, row Row) (Reading, error) {
	start := time.Now()
	reading, err := m.guard.Read(ctx, text.New(row.Text))
	if err != nil {
		return Reading{}, err
	}
	out := Reading{Verdicts: map[string]Verdict{}, Took: time.Since(start)}
	for _, c := range scored() {
		score, _ := reading.Peak(c.of...)
		out.Verdicts[c.name] = Verdict{Confidence: m.guard.Confidence(score).String(), Score: &score}
	}
	addAnyContent(out.Verdicts)
	return out, nil
}

// addAnyContent puts the verdicts on the content categories together: the surest of them counts.
func addAnyContent(verdicts map[string]Verdict) {
	var whole Verdict
	found := false
	for _, c := range categories() {
		v, ok := verdicts[c.name]
		switch {
		case !ok:
			continue
		case !found:
			whole, found = v, true
			continue
		}
		if v.confidence() > whole.confidence() {
			whole.Confidence = v.Confidence
		}
		if v.Score != nil && (whole.Score == nil || *v.Score > *whole.Score) {
			whole.Score = v.Score
		}
		if v.Detected != nil && *v.Detected {
			whole.Detected = v.Detected
		}
	}
	if found {
		verdicts[AnyContent] = whole
	}
}
