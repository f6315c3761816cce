// Package bedrockruntime serves the operations of Amazon Bedrock's data plane: it turns wire requests into evaluations and back.
package bedrockruntime

import (
	"cmp"
	"context"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// Resolver gives the compiled form of a guardrail's version.
type Resolver interface {
	Resolve(ctx context.Context, key evaluate.Key) (*evaluate.Compiled, error)
}

// Evaluator applies a compiled guardrail.
type Evaluator interface {
	Apply(ctx context.Context, c *evaluate.Compiled, r evaluate.Request) (evaluate.Outcome, error)
}

// Checker looks for things without a guardrail.
type Checker interface {
	Check(ctx context.Context, c evaluate.Checks, messages []evaluate.Message) (evaluate.CheckResult, error)
}

// Meter is the quota of text units a second. Allow takes n units of a policy out of the account's share in the Region, and reports
// whether they were there.
type Meter interface {
	Allow(scope guardrail.Scope, policy Policy, n int) bool
}

// Policy names a guardrail policy that has a quota of its own.
type Policy string

// The metered policies, in the words of the throttling message.
const (
	TopicPolicy     Policy = "topic policy"
	ContentPolicy   Policy = "content filter policy"
	WordPolicy      Policy = "word policy"
	SensitivePolicy Policy = "sensitive information policy"
	GroundingPolicy Policy = "contextual grounding policy"
)

// Options are what the service works with; all but LegacyRequest and LegacyResponse are needed.
type Options struct {
	Resolver  Resolver
	Evaluator Evaluator
	Checker   Checker
	Meter     Meter
	Inference Inference
	// Applied records that a call of a model has had its content evaluated by a guardrail. Nil records nothing.
	Applied func(call *operation.Call, guardrailARN string)
	Shares  Shares
	// Invocations records the calls of models. Nil records none.
	Invocations InvocationLog
	// KeyUse gives what a caller needs to have actions, "Decrypt" for instance, done with a KMS key on their behalf.
	KeyUse func(call *operation.Call, key string, actions ...string) []operation.Requirement
	// LegacyRequest accepts the member inputText of a text block in place of text.
	LegacyRequest bool
	// LegacyResponse answers the member output, equal to outputs, for clients of the preview API.
	LegacyResponse bool
}

type service struct {
	Options
}

// maxApplyBody bounds an ApplyGuardrail request. It is the limit that the model states for InvokeModel's body; AWS publishes none here.
const maxApplyBody = 25_000_000

// maxInvokeBody bounds a call of a model, as the model of the API states it.
const maxInvokeBody = 25_000_000

// New gives the service's operations.
func New(o Options) operation.Service {
	s := &service{o}
	return operation.Service{
		Schema: wire.Service,
		Operations: []operation.Operation{{
			Schema:    wire.ApplyGuardrail,
			Audit:     operation.Data,
			Effect:    operation.Read,
			BodyLimit: maxApplyBody,
			Precheck:  precheckApply,
			Requires:  s.requiresApply,
			Handle:    operation.Typed(s.applyGuardrail),
		}, {
			Schema:    wire.Converse,
			Audit:     operation.Management,
			Effect:    operation.Read,
			BodyLimit: maxInvokeBody,
			Precheck:  precheckConverse,
			Requires:  s.requiresConverse(actionInvoke),
			Handle:    operation.Typed(s.converse),
		}, {
			Schema:    wire.ConverseStream,
			Audit:     operation.Management,
			Effect:    operation.Read,
			BodyLimit: maxInvokeBody,
			Precheck:  precheckConverse,
			Requires:  s.requiresConverse(actionStream),
			Handle:    operation.Typed(s.converseStream),
		}, {
			Schema:    wire.CountTokens,
			Audit:     operation.Management,
			Effect:    operation.Read,
			BodyLimit: maxInvokeBody,
			Requires:  s.requiresCount,
			Handle:    operation.Typed(s.countTokens),
		}, {
			Schema:    wire.GetAsyncInvoke,
			Audit:     operation.Data,
			Effect:    operation.Read,
			BodyLimit: maxInvokeBody,
			Requires:  requiresGetAsync,
			Handle:    operation.Typed(s.getAsyncInvoke),
		}, {
			Schema:    wire.InvokeGuardrailChecks,
			Audit:     operation.Data,
			Effect:    operation.Read,
			BodyLimit: maxApplyBody,
			Requires:  requiresChecks,
			Handle:    operation.Typed(s.invokeGuardrailChecks),
		}, {
			Schema:    wire.InvokeModel,
			Audit:     operation.Management,
			Effect:    operation.Read,
			BodyLimit: maxInvokeBody,
			Precheck:  precheckInvoke,
			Requires:  s.requiresInvokeModel(actionInvoke),
			Handle:    operation.Typed(s.invokeModel),
		}, {
			Schema:    wire.InvokeModelWithResponseStream,
			Audit:     operation.Management,
			Effect:    operation.Read,
			BodyLimit: maxInvokeBody,
			Precheck:  precheckInvoke,
			Requires:  s.requiresInvokeModel(actionStream),
			Handle:    operation.Typed(s.invokeModelStream),
		}, {
			Schema:    wire.ListAsyncInvokes,
			Audit:     operation.Management,
			Effect:    operation.Read,
			BodyLimit: maxInvokeBody,
			Requires:  requiresListAsync,
			Handle:    operation.Typed(s.listAsyncInvokes),
		}, {
			Schema:    wire.StartAsyncInvoke,
			Audit:     operation.Data,
			Effect:    operation.Read,
			BodyLimit: maxInvokeBody,
			Requires:  requiresStartAsync,
			Handle:    operation.Typed(s.startAsyncInvoke),
		}},
		Codes: codes,
	}
}

// codes are the exceptions of the service. The map is never written.
var codes = map[fault.Kind]string{
	fault.Invalid:     "ValidationException",
	fault.NotFound:    "ResourceNotFoundException",
	fault.OverQuota:   "ServiceQuotaExceededException",
	fault.Denied:      "AccessDeniedException",
	fault.Throttled:   "ThrottlingException",
	fault.Unavailable: "ServiceUnavailableException",
	fault.Timeout:     "ServiceUnavailableException",
	fault.Upstream:    "ModelErrorException",
	fault.Internal:    "InternalServerException",
}

func scopeOf(call *operation.Call) guardrail.Scope {
	return guardrail.Scope{Partition: call.Partition, Region: call.Region, Account: call.Account}
}

// principalOf gives whom a call is counted for: of a session the role or user behind it, since sessions are made at will.
func principalOf(call *operation.Call) string { return cmp.Or(call.Issuer, call.Principal) }
