package bedrock_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/providertest"
)

var hi = model.Request{Messages: []model.Message{{Role: model.User, Content: []model.Block{text("hi")}}}}

// exceptions are those of Converse, with what becomes of them.
var exceptions = []struct {
	code     string
	status   int
	kind     fault.Kind
	attempts int
}{
	{"ThrottlingException", 429, fault.Throttled, providertest.Attempts},
	{"ModelNotReadyException", 429, fault.Throttled, providertest.Attempts},
	{"ServiceQuotaExceededException", 400, fault.Throttled, 1},
	{"ModelTimeoutException", 408, fault.Timeout, 1},
	{"ModelErrorException", 424, fault.Upstream, 1},
	{"InternalServerException", 500, fault.Upstream, providertest.Attempts},
	{"ServiceUnavailableException", 503, fault.Unavailable, providertest.Attempts},
	{"ValidationException", 400, fault.Invalid, 1},
	{"AccessDeniedException", 403, fault.Unavailable, 1},
	{"ResourceNotFoundException", 404, fault.Unavailable, 1},
	{"ExpiredTokenException", 403, fault.Unavailable, 1},
	{"UnrecognizedClientException", 403, fault.Unavailable, 1},
	{"FutureException", 418, fault.Invalid, 1},
}

const leak = `{"message":"User: arn:aws:iam::999988887777:role/payer may not call 'my secret prompt'"}`

// TestExceptions wants each exception as its fault, and nothing of what it says.
func TestExceptions(t *testing.T) {
	t.Parallel()
	for _, test := range exceptions {
		u := providertest.NewUpstream(t, func(w http.ResponseWriter, _ *http.Request, _ providertest.Body, _ int) {
			w.Header().Set("X-Amzn-ErrorType", test.code+":http://internal.amazon.com/coral/")
			w.Header().Set("X-Amzn-RequestId", "0c1d-request")
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, leak)
		})
		_, err := open(t, u, static).Generate(t.Context(), hi)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != test.kind || len(u.Bodies()) != test.attempts {
			t.Errorf("%s: %v after %d attempts", test.code, err, len(u.Bodies()))
		}
		if f != nil && (f.Code == "ModelNotReadyException") != (test.code == "ModelNotReadyException") {
			t.Errorf("%s has the code %q", test.code, f.Code)
		}
		if err != nil && (strings.Contains(err.Error(), "9999") || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "0c1d-request")) {
			t.Errorf("%s: %v", test.code, err)
		}
	}
}

// TestExceptionsInStreams wants the same of exceptions behind a half answer.
func TestExceptionsInStreams(t *testing.T) {
	t.Parallel()
	for code, kind := range map[string]fault.Kind{
		"throttlingException": fault.Throttled, "modelStreamErrorException": fault.Upstream, "internalServerException": fault.Upstream,
		"serviceUnavailableException": fault.Unavailable, "validationException": fault.Invalid, "modelTimeoutException": fault.Timeout, "futureException": fault.Upstream,
	} {
		u := providertest.NewUpstream(t, func(w http.ResponseWriter, _ *http.Request, _ providertest.Body, _ int) {
			providertest.Bedrock().Half(w)
			providertest.Raw(w, providertest.Exception(code, leak))
		})
		given := ""
		_, err := open(t, u, static).Stream(t.Context(), hi, func(d model.Delta) error { given += d.Text; return nil })
		if !fault.Is(err, kind) || given != "half" || len(u.Bodies()) != 1 || strings.Contains(err.Error(), "9999") {
			t.Errorf("%s: %q, %v", code, given, err)
		}
	}
}

// TestNoPartOfAStreamIsAnAnswer cuts a stream behind every byte of it, and breaks every byte.
func TestNoPartOfAStreamIsAnAnswer(t *testing.T) {
	t.Parallel()
	whole := providertest.Bedrock().Stream
	body := ""
	u := providertest.NewUpstream(t, func(w http.ResponseWriter, _ *http.Request, _ providertest.Body, _ int) { providertest.Raw(w, body) })
	p := open(t, u, static)
	try := func() (string, error) {
		given := ""
		_, err := p.Stream(t.Context(), hi, func(d model.Delta) error { given += d.Text; return nil })
		return given, err
	}
	body = whole
	if given, err := try(); err != nil || given != "안녕!" {
		t.Fatalf("%q, %v", given, err)
	}
	for i := range len(whole) {
		body = whole[:i]
		if given, err := try(); !fault.Is(err, fault.Upstream) || !strings.HasPrefix("안녕!", given) {
			t.Fatalf("the first %d bytes: %q, %v", i, given, err)
		}
		broken := []byte(whole)
		broken[i] ^= 0x20
		body = string(broken)
		if given, err := try(); !fault.Is(err, fault.Upstream) || !strings.HasPrefix("안녕!", given) {
			t.Fatalf("byte %d: %q, %v", i, given, err)
		}
	}
}

// TestOrderOfContent refuses what no server sends, and numbers blocks without those that are left away.
func TestOrderOfContent(t *testing.T) {
	t.Parallel()
	event := func(index, kind, rest string) string {
		return providertest.Frame("contentBlock"+kind, `{"contentBlockIndex":`+index+rest+`}`)
	}
	said := func(index, text string) string { return event(index, "Delta", `,"delta":{"text":"`+text+`"}`) }
	tool := func(index string) string {
		return event(index, "Start", `,"start":{"toolUse":{"toolUseId":"t","name":"f"}}`)
	}
	input := func(index string) string { return event(index, "Delta", `,"delta":{"toolUse":{"input":"{}"}}`) }
	thought := func(index string) string {
		return event(index, "Delta", `,"delta":{"reasoningContent":{"text":"hm"}}`)
	}
	stop := func(index string) string { return event(index, "Stop", "") }
	end := providertest.Frame("messageStop", `{"stopReason":"end_turn"}`) + providertest.Frame("metadata", `{"usage":{"inputTokens":1,"outputTokens":2}}`)
	for _, test := range []struct{ name, stream, want string }{
		{"reasoning, text, tool, text", thought("0") + stop("0") + said("1", "a") + said("1", "b") + stop("1") + tool("2") + input("2") + stop("2") + said("3", "c") + stop("3") + end, "0:a 0:b 1:f 1:{} 2:c"},
		{"a news beside the content", said("0", "a") + providertest.Frame("weatherForecast", `{}`) + stop("0") + end, "0:a"},
		{"an old block", said("1", "a") + stop("1") + said("0", "b") + stop("0") + end, ""},
		{"two blocks at once", said("0", "a") + said("1", "b") + stop("1") + end, ""},
		{"text in a tool", tool("0") + said("0", "a") + stop("0") + end, ""},
		{"input without a tool", input("0") + stop("0") + end, ""},
		{"a tool without a name", event("0", "Start", `,"start":{"toolUse":{"toolUseId":"t"}}`) + stop("0") + end, ""},
		{"content behind the end", said("0", "a") + stop("0") + providertest.Frame("messageStop", `{"stopReason":"end_turn"}`) + said("1", "b"), ""},
		{"an image", event("0", "Start", `,"start":{"image":{"format":"png"}}`) + stop("0") + end, ""},
	} {
		u := providertest.NewUpstream(t, func(w http.ResponseWriter, _ *http.Request, _ providertest.Body, _ int) {
			providertest.Raw(w, test.stream)
		})
		var got []string
		_, err := open(t, u, static).Stream(t.Context(), hi, func(d model.Delta) error {
			piece := string(rune('0'+d.Block)) + ":" + d.Text
			if d.Tool != nil {
				piece += d.Tool.Name + d.Tool.Input
			}
			got = append(got, piece)
			return nil
		})
		if test.want == "" && !fault.Is(err, fault.Upstream) || test.want != "" && (err != nil || strings.Join(got, " ") != test.want) {
			t.Errorf("%s: %q, %v", test.name, got, err)
		}
	}
}
