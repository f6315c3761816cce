package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"merlon.dev/merlon/internal/provider/remote"
)

// send gives the answer to a request.
func (p *Provider) send(ctx context.Context, endpoint string, body []byte) (*remote.Answer, error) {
	return p.caller.Send(ctx, remote.Call{
		Request: func(ctx context.Context) (*http.Request, error) {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
			if err != nil {
				return nil, err
			}
			request.Header.Set("Content-Type", "application/json")
			if !p.config.Key.Empty() {
				request.Header.Set("Authorization", "Bearer "+p.config.Key.Reveal())
			}
			return request, nil
		},
		Refused: refused,
	})
}

// refused turns a failed response into a fault.
func refused(response *http.Response, body []byte) (after time.Duration, err error) {
	cause := errors.New("the model's server answered " + response.Status)
	switch response.StatusCode {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		if tooLong(body) {
			return remote.Never, remote.TooLong(cause)
		}
	}
	return remote.ByStatus(response, cause)
}

// tooLong reports whether a refusal is about the length of the input. Servers agree on no code for that.
func tooLong(data []byte) bool {
	var refusal struct {
		Error struct {
			Code    any    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
		Message string `json:"message"`
	}
	if json.Unmarshal(data, &refusal) != nil {
		return false
	}
	message := strings.ToLower(refusal.Error.Message + " " + refusal.Message)
	return refusal.Error.Code == "context_length_exceeded" || strings.Contains(message, "context length") || strings.Contains(message, "context size") ||
		strings.Contains(message, "maximum context")
}
