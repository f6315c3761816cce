package audit

import (
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/codectest"
)

// TestUnquoted: a message is told without the texts of its request, wherever they stand in it.
func TestUnquoted(t *testing.T) {
	t.Parallel()
	text := &codec.Schema{Name: "Text", Type: codec.String}
	list := &codec.Schema{Name: "Texts", Type: codec.List, Item: &codec.Member{Name: "member", Target: text, Traits: codec.Element}}
	in := codectest.NewDynamic(&codec.Schema{Name: "In", Type: codec.Structure, Members: []codec.Member{
		{Name: "name", Target: text}, {Name: "words", Target: list, Index: 1}, {Name: "short", Target: text, Index: 2}, {Name: "id", Target: text, Index: 3},
	}})
	in.Values = map[string]any{"name": "my secret name", "words": []any{"my secret", "other word"}, "short": "is", "id": "abc123"}
	const resource = "arn:aws:bedrock:us-east-1:1:guardrail/abc123"
	for _, c := range []struct{ message, want string }{
		{"my secret name is invalid", Hidden + " is invalid"},
		{"the name my secret is taken, and so is other word.", "the name " + Hidden + " is taken, and so is " + Hidden + "."},
		{"no guardrail abc123", "no guardrail abc123"},
		{"", ""},
	} {
		if got := unquoted(c.message, in, []string{resource}); got != c.want {
			t.Errorf("%q: got %q, want %q", c.message, got, c.want)
		}
	}
	if got := unquoted("no guardrail abc123", in, nil); got != "no guardrail "+Hidden {
		t.Errorf("an id of no resource: %q", got)
	}
	e := event()
	e.ErrorCode, e.ErrorMessage, e.Unreadable = "SerializationException", "unexpected secret", true
	if got := decode(t, e)["errorMessage"]; got != Hidden {
		t.Errorf("of an unreadable request: %v", got)
	}
}
