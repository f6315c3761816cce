package eval

import (
	"encoding/json"
	"errors"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
)

// applyBody is the body of an ApplyGuardrail call.
func applyBody(row Row, source guardrail.Direction) ([]byte, error) {
	type text struct {
		Text       string   `json:"text"`
		Qualifiers []string `json:"qualifiers,omitempty"`
	}
	type block struct {
		Text text `json:"text"`
	}
	var content []block
	for _, b := range row.blocks() {
		t := text{Text: b.Text}
		switch {
		case b.Qualifiers.GroundingSource:
			t.Qualifiers = []string{"grounding_source"}
		case b.Qualifiers.Query:
			t.Qualifiers = []string{"query"}
		case b.Qualifiers.GuardContent:
			t.Qualifiers = []string{"guard_content"}
		}
		content = append(content, block{t})
	}
	return json.Marshal(map[string]any{"source": source, "content": content, "outputScope": "FULL"})
}

// verdict is what every entry of an assessment says. A server that leaves out whether it detected something says so by what it did.
type verdict struct {
	Detected *bool  `json:"detected"`
	Action   string `json:"action"`
}

func (v verdict) detected() bool {
	if v.Detected != nil {
		return *v.Detected
	}
	return v.Action != string(evaluate.NoEffect)
}

// applied is the answer of ApplyGuardrail, as far as it is measured.
type applied struct {
	Action      string `json:"action"`
	Assessments []struct {
		TopicPolicy struct {
			Topics []struct {
				verdict
				Name string `json:"name"`
			} `json:"topics"`
		} `json:"topicPolicy"`
		ContentPolicy struct {
			Filters []struct {
				verdict
				Type       string `json:"type"`
				Confidence string `json:"confidence"`
			} `json:"filters"`
		} `json:"contentPolicy"`
		WordPolicy struct {
			CustomWords      []verdict `json:"customWords"`
			ManagedWordLists []struct {
				verdict
				Type string `json:"type"`
			} `json:"managedWordLists"`
		} `json:"wordPolicy"`
		SensitiveInformationPolicy struct {
			PIIEntities []struct {
				verdict
				Type  string `json:"type"`
				Match string `json:"match"`
			} `json:"piiEntities"`
			Regexes []struct {
				verdict
				Name string `json:"name"`
			} `json:"regexes"`
		} `json:"sensitiveInformationPolicy"`
		ContextualGroundingPolicy struct {
			Filters []struct {
				verdict
				Type  string  `json:"type"`
				Score float64 `json:"score"`
			} `json:"filters"`
		} `json:"contextualGroundingPolicy"`
	} `json:"assessments"`
}

// readApplied reads the answer of ApplyGuardrail into the assessment that it tells.
func readApplied(data []byte) (Reading, error) {
	var answer applied
	if err := json.Unmarshal(data, &answer); err != nil {
		return Reading{}, err
	}
	if answer.Action != "NONE" && answer.Action != "GUARDRAIL_INTERVENED" {
		return Reading{}, errors.New("it is not an answer of ApplyGuardrail")
	}
	var a evaluate.Assessment
	for _, told := range answer.Assessments {
		for _, t := range told.TopicPolicy.Topics {
			a.Topics = append(a.Topics, evaluate.TopicAssessment{Name: t.Name, Detected: t.detected()})
		}
		for _, c := range told.ContentPolicy.Filters {
			a.Content = append(a.Content, evaluate.ContentAssessment{
				Category: guardrail.Category(c.Type), Confidence: Verdict{Confidence: c.Confidence}.confidence(), Detected: c.detected(),
			})
		}
		for _, w := range told.WordPolicy.CustomWords {
			if w.detected() {
				a.Words = append(a.Words, evaluate.WordAssessment{})
			}
		}
		for _, w := range told.WordPolicy.ManagedWordLists {
			if w.detected() {
				a.Managed = append(a.Managed, evaluate.WordAssessment{List: w.Type})
			}
		}
		for _, e := range told.SensitiveInformationPolicy.PIIEntities {
			a.Entities = append(a.Entities, evaluate.EntityAssessment{Type: e.Type, Match: e.Match, Effect: evaluate.Effect(e.Action), Detected: e.detected()})
		}
		for _, r := range told.SensitiveInformationPolicy.Regexes {
			if r.detected() {
				a.Regexes = append(a.Regexes, evaluate.RegexAssessment{Name: r.Name, Effect: evaluate.Effect(r.Action)})
			}
		}
		for _, g := range told.ContextualGroundingPolicy.Filters {
			a.Grounding = append(a.Grounding, evaluate.GroundingAssessment{Type: guardrail.GroundingType(g.Type), Score: g.Score, Detected: g.detected()})
		}
	}
	return read(a, answer.Action != "NONE"), nil
}
