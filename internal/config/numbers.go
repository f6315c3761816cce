package config

import "fmt"

// checkNumbers refuses numbers below what makes sense.
func checkNumbers(c Config) (problems []error) {
	for _, n := range []struct {
		name  string
		value int64
		least int64
	}{
		{"limits.connections", int64(c.Limits.Connections), 1},
		{"limits.connections_per_host", int64(c.Limits.ConnectionsPerHost), 1},
		{"limits.header_time", int64(c.Limits.HeaderTime), 1},
		{"limits.body_time", int64(c.Limits.BodyTime), 1},
		{"limits.idle_time", int64(c.Limits.IdleTime), 1},
		{"limits.drain", int64(c.Limits.Drain), 0},
		{"quotas.guardrails", int64(c.Quotas.Guardrails), 0},
		{"quotas.versions", int64(c.Quotas.Versions), 0},
		{"quotas.regexes", int64(c.Quotas.Regexes), 0},
		{"quotas.apply_requests", int64(c.Quotas.ApplyRequests), 0},
		{"quotas.content_units", int64(c.Quotas.ContentUnits), 0},
		{"quotas.topic_units", int64(c.Quotas.TopicUnits), 0},
		{"quotas.sensitive_units", int64(c.Quotas.SensitiveUnits), 0},
		{"quotas.word_units", int64(c.Quotas.WordUnits), 0},
		{"quotas.grounding_units", int64(c.Quotas.GroundingUnits), 0},
		{"quotas.model_requests", int64(c.Quotas.ModelRequests), 0},
		{"quotas.model_tokens", int64(c.Quotas.ModelTokens), 0},
		{"quotas.principal_requests", int64(c.Quotas.PrincipalRequests), 0},
		{"quotas.principal_tokens", int64(c.Quotas.PrincipalTokens), 0},
		{"quotas.inference_profiles", int64(c.Quotas.InferenceProfiles), 0},
		{"evaluate.timeout", int64(c.Evaluate.Timeout), 1},
		{"kms_cache", int64(c.KMSCache), 0},
		{"evaluate.parallel", int64(c.Evaluate.Parallel), 1},
		{"invocation_logs.keep", int64(c.InvocationLogs.Keep), 1},
		{"invocation_logs.most", int64(c.InvocationLogs.Most), 1},
		{"inference.time", int64(c.Inference.Time), 1},
		{"inference.hold", int64(c.Inference.Hold), 1},
		{"inference.step", int64(c.Inference.Step), 1},
		{"inference.tail", int64(c.Inference.Tail), 1},
		{"inference.memory", int64(c.Inference.Memory), 0},
	} {
		if n.value < n.least {
			problems = append(problems, fmt.Errorf("%s: %d is less than %d", n.name, n.value, n.least))
		}
	}
	return problems
}
