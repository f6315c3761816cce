package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"merlon.dev/merlon/internal/api/bedrock"
	"merlon.dev/merlon/internal/api/bedrockruntime"
	apikms "merlon.dev/merlon/internal/api/kms"
	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsjson"
	"merlon.dev/merlon/internal/codec/awsquery"
	"merlon.dev/merlon/internal/codec/openaijson"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/inference/quota"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/model/profile"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	"merlon.dev/merlon/internal/rate"
	"merlon.dev/merlon/internal/store/sqlite"
)

// keptGuardrails is how many compiled versions are kept; the largest, with 10,000 words, take a few MiB each.
const keptGuardrails = 256

// assemble connects the domains with the store and the API with the domains.
func assemble(ctx context.Context, store *sqlite.Store, c config.Resolved, log *slog.Logger, keyring *envelope.Keyring, keys *kms.Service, audit *auditing, registry prometheus.Registerer, factories evaluate.Factories, models *models) (gateway.Config, error) {
	var none gateway.Config
	guardrailKeys, err := newGuardrailKeys(keys, keyring, c.KMSCache)
	if err != nil {
		return none, err
	}
	guardrails, err := guardrail.NewService(guardrail.Options{
		Store: store.Guardrails(), Keys: guardrailKeys, CheckRegex: evaluate.CheckRegex, Now: time.Now,
		NewID:  func() string { return ident.Lower(12) },
		Limits: guardrail.Limits{Guardrails: c.Quotas.Guardrails, Versions: c.Quotas.Versions, Regexes: c.Quotas.Regexes},
	})
	if err != nil {
		return none, err
	}
	pageKey, err := store.PageKey(ctx)
	if err != nil {
		return none, err
	}
	pages, err := pagination.New(pageKey, time.Now)
	if err != nil {
		return none, err
	}
	failures := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "merlon_detector_failures_total", Help: "Evaluations that failed closed because a detector was missing, failed or was late.",
	}, []string{"family"})
	registry.MustRegister(failures)
	resolver := evaluate.NewResolver(guardrails, store.Changes, factories, keptGuardrails)
	evaluator := evaluate.NewEvaluator(evaluate.EvaluatorConfig{
		Timeout: c.Evaluate.Timeout, Parallel: c.Evaluate.Parallel,
		Failed: func(f detect.Family) { failures.WithLabelValues(string(f)).Inc() },
	})
	meter := newMeter(c.Quotas)
	profiles := profile.NewService(profile.Options{
		Store: store.Profiles(), Models: models.Catalogue, Now: time.Now, NewID: func() string { return ident.Lower(12) }, Limit: c.Quotas.InferenceProfiles,
	})
	shares, err := quota.New(quota.Config{
		Requests: c.Quotas.ModelRequests, Tokens: c.Quotas.ModelTokens, PrincipalRequests: c.Quotas.PrincipalRequests, PrincipalTokens: c.Quotas.PrincipalTokens,
		Now: time.Now, Metrics: registry,
	})
	if err != nil {
		return none, err
	}
	judged := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "merlon_prompt_bytes_total", Help: "Bytes of guarded prompts: judged, or remembered to be clean and passed over (inference.memory).",
	}, []string{"result"})
	registry.MustRegister(judged)
	remembered := func(skipped, bytes int) {
		judged.WithLabelValues("remembered").Add(float64(skipped))
		judged.WithLabelValues("judged").Add(float64(bytes - skipped))
	}
	calls, err := newInference(models, profiles, resolver, evaluator, guardrails, meter, shares, remembered, c.Inference)
	if err != nil {
		return none, err
	}
	if models.calls, err = openInvocations(store, keyring, c.InvocationLogs, log, registry); err != nil {
		return none, err
	}
	keyUse := apikms.Through(keys, "bedrock")
	runtime := bedrockruntime.Options{
		Resolver: resolver, Evaluator: evaluator, Checker: evaluate.NewChecker(evaluator, factories), Meter: meter, Inference: calls, Applied: applied(auditor{audit.recorder}, log), Shares: guardrail.NewShares(guardrails, store.Changes),
		KeyUse: keyUse, Invocations: models.calls,
		LegacyRequest: c.Compat.LegacyApplyRequest, LegacyResponse: c.Compat.LegacyApplyResponse,
	}
	people, err := newPeople(store.IAM(), keyring, c, log)
	if err != nil {
		return none, err
	}
	control := bedrock.New(guardrails, profiles, pages, keyUse)
	control.Operations = append(control.Operations, bedrock.FoundationModels(models.Catalogue)...)
	control.Operations = append(control.Operations, bedrock.InvocationLogging(models.calls.Service)...)
	return gateway.Config{
		Services:      append([]operation.Service{control, bedrockruntime.New(runtime), bedrockruntime.Chat(runtime), apikms.New(keys, pages), audit.service(store, pages)}, people.services...),
		Protocols:     map[string]codec.Protocol{"rest-json": restjson.Protocol{}, "json": awsjson.Protocol{}, "query": awsquery.Protocol{}, openaijson.Name: openaijson.Protocol{}},
		Authenticator: people.authenticator,
		Authorizer:    people.authorizer,
		KeyService:    "bedrock",
		Auditor:       auditor{audit.recorder},
		Requests:      map[string]float64{"ApplyGuardrail": float64(c.Quotas.ApplyRequests), "InvokeGuardrailChecks": float64(c.Quotas.CheckRequests) / 60, "LookupEvents": lookupRate},
		Limits:        gateway.Limits{HeaderTime: c.Limits.HeaderTime, BodyTime: c.Limits.BodyTime, IdleTime: c.Limits.IdleTime, HandleTime: c.Inference.Time},
		Log:           log,
		Metrics:       registry,
	}, nil
}

// meter holds the text units of each guardrail policy, by account and Region.
type meter map[bedrockruntime.Policy]*rate.Limiter

func newMeter(q config.Quotas) meter {
	limit := func(unitsPerSecond int) *rate.Limiter { return rate.New(float64(unitsPerSecond), time.Now) }
	return meter{
		bedrockruntime.ContentPolicy:   limit(q.ContentUnits),
		bedrockruntime.TopicPolicy:     limit(q.TopicUnits),
		bedrockruntime.WordPolicy:      limit(q.WordUnits),
		bedrockruntime.SensitivePolicy: limit(q.SensitiveUnits),
		bedrockruntime.GroundingPolicy: limit(q.GroundingUnits),
	}
}

// Allow takes n units out of the scope's share.
func (m meter) Allow(scope guardrail.Scope, policy bedrockruntime.Policy, n int) bool {
	return m[policy].Allow(scope.Account+"/"+scope.Region, float64(n))
}
