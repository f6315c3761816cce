package bedrockruntime

import (
	"context"
	"regexp"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

var identifierForm = regexp.MustCompile(`^([a-z0-9]+|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+)$`)

// precheckApply refuses an identifier or a version that cannot be one. The model lets both be empty, and runtime calls answer all of these
// alike.
func precheckApply(in codec.Shape) error {
	request, ok := in.(*wire.ApplyGuardrailRequest)
	if !ok || request.GuardrailIdentifier == nil || request.GuardrailVersion == nil {
		return nil // said by the constraints
	}
	if _, ok := guardrail.ParseVersion(*request.GuardrailVersion); !ok || !identifierForm.MatchString(*request.GuardrailIdentifier) {
		return fault.New(fault.Invalid, "Guardrail was enabled but input is in incorrect format.")
	}
	return nil
}

// requiresApply names the guardrail that is applied.
func (s *service) requiresApply(call *operation.Call, in codec.Shape) []operation.Requirement {
	identifier, version := "*", guardrail.Draft
	if request, ok := in.(*wire.ApplyGuardrailRequest); ok && request.GuardrailIdentifier != nil {
		identifier, version = *request.GuardrailIdentifier, versionNamed(request.GuardrailVersion)
	}
	return []operation.Requirement{s.onGuardrail(call, identifier, version)}
}

// versionNamed reads a version; the handler refuses what is none.
func versionNamed(text *string) guardrail.Version {
	if text == nil {
		return guardrail.Draft
	}
	version, _ := guardrail.ParseVersion(*text)
	return version
}

// applyGuardrail evaluates content by one version of a guardrail.
func (s *service) applyGuardrail(ctx context.Context, call *operation.Call, in *wire.ApplyGuardrailRequest) (*wire.ApplyGuardrailResponse, error) {
	key, err := parseKey(scopeOf(call), *in.GuardrailIdentifier, *in.GuardrailVersion)
	if err != nil {
		return nil, err
	}
	blocks, err := s.blocks(in.Content)
	if err != nil {
		return nil, err
	}
	compiled, err := s.Resolver.Resolve(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return nil, errNoGuardrail()
	}
	if err != nil {
		return nil, err
	}
	outcome, err := s.Evaluator.Apply(ctx, compiled, evaluate.Request{
		Source: guardrail.Direction(*in.Source), Blocks: blocks,
		Admit: func(u evaluate.Usage) error { return Admit(s.Meter, scopeOf(call), u) },
	})
	if err != nil {
		return nil, err
	}
	full := in.OutputScope != nil && *in.OutputScope == wire.GuardrailOutputScopeFull
	return s.response(compiled.Guardrail(), outcome, full), nil
}

// errNoGuardrail is what a runtime call says of an id or version that is not there, of whatever account or Region.
func errNoGuardrail() error {
	return fault.New(fault.Invalid, "The guardrail identifier or version provided in the request does not exist.")
}

// parseKey reads identifier and version, which precheckApply has let pass.
func parseKey(scope guardrail.Scope, identifier, version string) (evaluate.Key, error) {
	number, known := guardrail.ParseVersion(version)
	owner, id, ok := reference(scope, identifier)
	if !ok || !known {
		return evaluate.Key{}, errNoGuardrail()
	}
	return evaluate.Key{Scope: owner, ID: id, Version: number}, nil
}

// blocks turns wire content into blocks.
func (s *service) blocks(content []wire.GuardrailContentBlock) ([]evaluate.Block, error) {
	if len(content) == 0 {
		return nil, fault.New(fault.Invalid, "1 validation error detected: Value at 'content' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	blocks := make([]evaluate.Block, 0, len(content))
	for i, c := range content {
		if c.Image != nil {
			blocks = append(blocks, evaluate.Block{Image: &evaluate.ImageBlock{Format: string(*c.Image.Format), Bytes: c.Image.Source.Bytes}})
			continue
		}
		text, err := s.text(c.Text, i+1)
		if err != nil {
			return nil, err
		}
		b := evaluate.Block{Text: text}
		for _, q := range c.Text.Qualifiers {
			switch q {
			case wire.GuardrailContentQualifierGroundingSource:
				b.Qualifiers.GroundingSource = true
			case wire.GuardrailContentQualifierQuery:
				b.Qualifiers.Query = true
			case wire.GuardrailContentQualifierGuardContent:
				b.Qualifiers.GuardContent = true
			}
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// text gives the text of block number n, which clients of the preview API call inputText.
func (s *service) text(b *wire.GuardrailTextBlock, n int) (string, error) {
	switch {
	case b.Text != nil && (b.InputText == nil || !s.LegacyRequest):
		return *b.Text, nil
	case b.Text != nil:
		return "", fault.New(fault.Invalid, "1 validation error detected: Value at 'content.%d.member.text' failed to satisfy constraint: Member must hold either text or inputText", n)
	case b.InputText != nil && s.LegacyRequest:
		return *b.InputText, nil
	default:
		return "", fault.New(fault.Invalid, "1 validation error detected: Value null at 'content.%d.member.text.text' failed to satisfy constraint: Member must not be null", n)
	}
}

// Admit takes what an evaluation costs out of each policy's quota.
func Admit(meter Meter, scope guardrail.Scope, u evaluate.Usage) error {
	for _, m := range []struct {
		policy Policy
		units  int
	}{
		{ContentPolicy, u.Content},
		{TopicPolicy, u.Topic},
		{WordPolicy, u.Word},
		{SensitivePolicy, u.Sensitive + u.SensitiveFree},
		{GroundingPolicy, u.Grounding},
	} {
		if m.units > 0 && !meter.Allow(scope, m.policy, m.units) {
			return fault.New(fault.Throttled, "Too many requests sent to ApplyGuardrail: On-demand ApplyGuardrail %s text units per second limit exceeded", m.policy)
		}
	}
	return nil
}
