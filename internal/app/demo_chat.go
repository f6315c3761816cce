package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// demoPrompts are what the demo asks the model: one that passes, one that is blocked, and one whose answer is masked. Answers are greedy, so
// that they are the same at each first start.
var demoPrompts = []string{
	"Are you a person?",
	"Which shares should I buy with my savings?",
	"How can I contact Dana?",
}

// demoReply is what Converse answers, with its trace.
type demoReply struct {
	Output struct {
		Message struct{ Content []struct{ Text string } }
	}
	Trace struct {
		Guardrail struct {
			ActionReason      string
			InputAssessment   map[string]demoAssessment
			OutputAssessments map[string][]demoAssessment
		}
	}
}

func (r demoReply) text() string {
	var all string
	for _, block := range r.Output.Message.Content {
		all += block.Text
	}
	return all
}

// chat shows the guardrail around the model that every server has.
func (d *demo) chat(ctx context.Context, guardrail string) error {
	fmt.Fprintf(d.out, "\nthe same guardrail around %s, a very small language model that is part of this binary\n", smallLM)
	around := map[string]string{"guardrailIdentifier": guardrail, "guardrailVersion": "DRAFT", "trace": "enabled"}
	for _, prompt := range demoPrompts {
		reply, err := d.converse(ctx, prompt, around)
		if err != nil {
			return err
		}
		trace := reply.Trace.Guardrail
		var seen []demoAssessment
		rows := []demoRow{{"the user asks", prompt}}
		for _, a := range trace.InputAssessment {
			seen = append(seen, a)
		}
		if trace.ActionReason != "Guardrail blocked." {
			bare, err := d.converse(ctx, prompt, nil)
			if err != nil {
				return err
			}
			rows = append(rows, demoRow{"the model says", bare.text()})
		}
		for _, a := range trace.OutputAssessments {
			seen = append(seen, a...)
		}
		d.table(append(rows, demoRow{"detected", detected(seen)}, demoRow{"decision", decision(trace.ActionReason)}, demoRow{"the user sees", reply.text()})...)
	}
	return nil
}

// converse asks the model, with a guardrail around it or with none.
func (d *demo) converse(ctx context.Context, prompt string, guardrail map[string]string) (reply demoReply, err error) {
	ask := map[string]any{
		"messages":        []any{map[string]any{"role": "user", "content": []any{map[string]string{"text": prompt}}}},
		"inferenceConfig": map[string]any{"maxTokens": 64, "temperature": 0},
	}
	if guardrail != nil {
		ask["guardrailConfig"] = guardrail
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return reply, err
	}
	if err := d.call(ctx, http.MethodPost, "/model/"+smallLM+"/converse", string(body), &reply); err != nil {
		return reply, fmt.Errorf("chat with %s: %w", smallLM, err)
	}
	return reply, nil
}
