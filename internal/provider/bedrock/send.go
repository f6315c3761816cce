package bedrock

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/provider/remote"
	"merlon.dev/merlon/internal/sigv4"
)

// send posts a body to an operation of the model.
func (p *Provider) send(ctx context.Context, operation string, body any) (*remote.Answer, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return p.caller.Send(ctx, remote.Call{
		Request: func(ctx context.Context) (*http.Request, error) {
			signer, err := p.keys.current()
			if err != nil {
				return nil, remote.NotSetUp(err)
			}
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.root.JoinPath(operation).String(), bytes.NewReader(data))
			if err != nil {
				return nil, err
			}
			request.Header.Set("Content-Type", "application/json")
			if signer == nil {
				request.Header.Set("Authorization", "Bearer "+p.config.Credentials.APIKey.Reveal())
			} else {
				signer.Sign(request, sigv4.HashPayload(data), p.config.Now())
			}
			return request, nil
		},
		Refused: refused,
	})
}

// refused turns a failed response into a fault, by the name of its exception or, without one, by its status. Its message stays out of it: it
// may quote the prompt, or name the account that pays.
func refused(response *http.Response, body []byte) (after time.Duration, err error) {
	code := restjson.Client{}.ErrorCode(response.Header, body)
	cause := told(response.Status+" "+code, response.Header)
	after, known, ok := exception(code, message(body), cause)
	if !ok {
		return remote.ByStatus(response, cause)
	}
	if after == 0 {
		after = remote.RetryAfter(response)
	}
	return after, known
}

var plain = regexp.MustCompile(`^[\w .-]{1,128}$`)

// told is the cause of a fault, for the log. The request's id is what AWS's support asks for.
func told(what string, header http.Header) error {
	if !plain.MatchString(what) {
		what = "something that is no exception"
	}
	text := "the model's server answered " + what
	if id := header.Get("X-Amzn-RequestId"); plain.MatchString(id) {
		text += ", its request id " + id
	}
	return errors.New(text)
}

func message(body []byte) string {
	var said struct {
		Message string `json:"message"` // in either case
	}
	_ = json.Unmarshal(body, &said) // what is no object says nothing
	return said.Message
}

// exception turns an exception of Bedrock, whose name may begin in lower case as it does in streams, into a fault. ok is false for what it
// does not know.
func exception(code, message string, cause error) (after time.Duration, err error, ok bool) {
	switch strings.ToLower(code) {
	case "throttlingexception":
		return 0, fault.Wrap(cause, fault.Throttled, "Too many requests, please wait before trying again."), true
	case "servicequotaexceededexception":
		return remote.Never, fault.Wrap(cause, fault.Throttled, "The quota of the model at its server is used up."), true
	case "modelnotreadyexception":
		return 0, named(fault.Throttled, "ModelNotReadyException", "The model is not ready for inference requests.", cause), true
	case "modeltimeoutexception":
		return remote.Never, remote.Late(cause), true
	case "modelerrorexception", "modelstreamerrorexception":
		return remote.Never, fault.Wrap(cause, fault.Upstream, "The model failed to process the request."), true
	case "internalserverexception":
		return 0, fault.Wrap(cause, fault.Upstream, "The model failed to process the request."), true
	case "serviceunavailableexception":
		return 0, fault.Wrap(cause, fault.Unavailable, "The model is not available at the moment."), true
	case "validationexception":
		return remote.Never, invalid(message, cause), true
	case "accessdeniedexception", "resourcenotfoundexception", "unrecognizedclientexception", "expiredtokenexception", "invalidsignatureexception",
		"incompletesignatureexception", "missingauthenticationtokenexception", "requestexpired", "unknownoperationexception":
		return remote.Never, remote.NotSetUp(cause), true
	default:
		return remote.Never, nil, false
	}
}

// unsupportedField finds the member of a request in the refusal of what a model cannot do. Nothing else of that text is repeated.
var unsupportedField = regexp.MustCompile(`^This model doesn't support the ([A-Za-z]{1,40}(?:\.[A-Za-z]{1,40}){0,4}) field\.`)

// invalid tells apart the refusals that callers can act on, by the words that they are known by, and those that are about how the model is set up.
func invalid(message string, cause error) error {
	if field := unsupportedField.FindStringSubmatch(message); field != nil {
		return fault.Wrap(cause, fault.Invalid, "This model doesn't support the %[1]s field. Remove %[1]s and try again.", field[1])
	}
	message = strings.ToLower(message)
	switch {
	case strings.Contains(message, "on-demand throughput"), strings.Contains(message, "model identifier is invalid"):
		return remote.NotSetUp(cause)
	case strings.Contains(message, "input is too long"), strings.Contains(message, "prompt is too long"), strings.Contains(message, "maximum context"):
		return remote.TooLong(cause)
	case strings.Contains(message, "doesn't support counting tokens"):
		return fault.Wrap(cause, fault.Invalid, "The provided model doesn't support counting tokens.")
	default:
		return fault.Wrap(cause, fault.Invalid, "The model refuses the request as malformed.")
	}
}

func named(kind fault.Kind, code, message string, cause error) error {
	f := fault.Wrap(cause, kind, "%s", message)
	f.Code = code
	return f
}
