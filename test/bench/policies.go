package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// fivePolicies is a guardrail with every policy: content filters with prompt attacks, five topics, words, personal data, grounding.
func fivePolicies() map[string]any {
	g := guardrail("policies", 100, 5)
	sensitive := g["sensitiveInformationPolicyConfig"].(map[string]any)
	for _, t := range modelTypes {
		sensitive["piiEntitiesConfig"] = append(sensitive["piiEntitiesConfig"].([]any), map[string]string{"type": t, "action": "NONE"})
	}
	var filters []map[string]string
	for _, c := range []string{"HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT"} {
		filters = append(filters, map[string]string{"type": c, "inputStrength": "LOW", "outputStrength": "LOW"})
	}
	filters = append(filters, map[string]string{"type": "PROMPT_ATTACK", "inputStrength": "LOW", "outputStrength": "NONE"})
	g["contentPolicyConfig"] = map[string]any{"filtersConfig": filters}
	var topics []map[string]any
	for _, t := range []string{"investment advice", "legal disputes", "medical diagnosis", "political parties", "gambling"} {
		topics = append(topics, map[string]any{"name": t, "type": "DENY", "definition": "Questions, guidance or recommendations about " + t + ".", "examples": []string{"What do you think about " + t + "?"}})
	}
	g["topicPolicyConfig"] = map[string]any{"topicsConfig": topics}
	g["contextualGroundingPolicyConfig"] = map[string]any{"filtersConfig": []map[string]any{{"type": "GROUNDING", "threshold": 0.01}, {"type": "RELEVANCE", "threshold": 0.01}}}
	return g
}

// policyBody is a call with a source of 400 characters, a query and an answer, together 1 kB.
func policyBody() []byte {
	block := func(s string, qualifiers ...string) map[string]any {
		return map[string]any{"text": map[string]any{"text": s, "qualifiers": qualifiers}}
	}
	query := "When is the branch open, and what must I bring along to change my address?"
	data, err := json.Marshal(map[string]any{"source": "OUTPUT", "content": []any{
		block(text(400), "grounding_source"), block(query, "query"), block(text(600-len(query)), "guard_content"),
	}})
	if err != nil {
		panic(err) // of plain values
	}
	return data
}

// benchPolicies: all five policies, 1 kB with source, query and answer, five topics; one connection and eight. And 1 kB of user input,
// all of it guarded, by the four policies that read input.
func benchPolicies(s *settings) error {
	return withMerlon(s, func(m *server) error {
		c := newClient(m.endpoint, 8)
		id, err := c.create(fivePolicies())
		if err != nil {
			return err
		}
		path := "/guardrail/" + id + "/version/DRAFT/apply"
		input := []byte(strings.Replace(string(applyBody(text(1000))), `"OUTPUT"`, `"INPUT"`, 1))
		for _, b := range []struct {
			name string
			body []byte
		}{{"five policies, source + query + answer", policyBody()}, {"four policies, input", input}} {
			if err := c.post(path, b.body, nil); err != nil { // topics are read at the first call
				return err
			}
			var p50, p99, cost []time.Duration
			var rate []float64
			for range s.runs {
				began := m.cpu()
				alone, err := drive(60, 1, func(int) error { return c.post(path, b.body, nil) })
				if err != nil {
					return err
				}
				many, err := drive(160, 8, func(int) error { return c.post(path, b.body, nil) })
				if err != nil {
					return err
				}
				p50, p99, rate = append(p50, alone.p50), append(p99, many.p99), append(rate, many.perSecond)
				cost = append(cost, (m.cpu()-began)/(60+160))
			}
			_, peak := m.rss()
			fmt.Printf("policies: %s, 1 kB, 5 topics: p50 %s on one connection; %.1f requests/s, p99 %s on eight; processor time %s a call; peak RSS %.0f MiB\n",
				b.name, ms(median(p50)), median(rate), ms(median(p99)), ms(median(cost)), peak)
		}
		return nil
	})
}
