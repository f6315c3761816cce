package codectest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"merlon.dev/merlon/internal/codec"
)

// Vector is one of AWS's protocol tests.
type Vector struct {
	ID        string
	Operation *codec.Operation
	// Value is the input of an input test, or the output or exception of an output test; nil where the operation has none.
	Value *Dynamic

	// Request is what an input test expects.
	Request struct {
		Method        string            `json:"method"`
		URI           string            `json:"uri"`
		Host          string            `json:"host"`
		Body          *string           `json:"body"`
		Headers       map[string]string `json:"headers"`
		RequireHeader []string          `json:"requireHeaders"`
		ForbidHeader  []string          `json:"forbidHeaders"`
	}
	// Response is what an output test starts from.
	Response struct {
		Status  int               `json:"status_code"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	// ErrorCode is set where Response is a failure; Value is the exception then.
	ErrorCode, ErrorMessage string
}

// Header gives the response's headers as net/http has them.
func (v *Vector) Header() http.Header {
	h := http.Header{}
	for name, value := range v.Response.Headers {
		h.Set(name, value)
	}
	return h
}

// ReadVectors reads a file of protocol tests in botocore's format.
func ReadVectors(data []byte) ([]*Vector, error) {
	var suites []struct {
		Metadata rawMetadata         `json:"metadata"`
		Shapes   map[string]rawShape `json:"shapes"`
		Cases    []rawCase           `json:"cases"`
	}
	if err := json.Unmarshal(data, &suites); err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	var out []*Vector
	for _, suite := range suites {
		known := &shapes{raw: suite.Shapes, made: map[string]*codec.Schema{}}
		for _, c := range suite.Cases {
			v, err := c.vector(known)
			if err != nil {
				return nil, fmt.Errorf("vector %s: %w", c.ID, err)
			}
			v.Operation.Service = suite.Metadata.service(known, c.Given.Errors)
			out = append(out, v)
		}
	}
	return out, nil
}

type rawMetadata struct {
	APIVersion      string    `json:"apiVersion"`
	JSONVersion     string    `json:"jsonVersion"`
	Protocol        string    `json:"protocol"`
	TargetPrefix    string    `json:"targetPrefix"`
	QueryCompatible *struct{} `json:"awsQueryCompatible"`
}

// service makes the service of one test, whose table holds the exceptions of its operation.
func (m *rawMetadata) service(known *shapes, failures []rawRef) *codec.Service {
	s := &codec.Service{
		APIVersion: m.APIVersion, JSONVersion: m.JSONVersion, Protocol: m.Protocol, TargetPrefix: m.TargetPrefix,
		QueryCompatible: m.QueryCompatible != nil,
	}
	for _, ref := range failures {
		raw := known.raw[ref.Shape]
		e := &codec.Exception{Code: ref.Shape, Status: raw.Error.HTTPStatusCode}
		switch {
		case m.Protocol == "json":
			e.QueryCode = raw.Error.Code
		case raw.Error.Code != "":
			e.Code = raw.Error.Code
		}
		if slices.ContainsFunc(raw.Members, func(r rawRef) bool { return r.Name == "Message" }) {
			e.MessageName = "Message"
		}
		s.Exceptions = append(s.Exceptions, e)
	}
	return s
}

type rawCase struct {
	ID    string `json:"id"`
	Given struct {
		Name string `json:"name"`
		HTTP struct {
			Method       string `json:"method"`
			RequestURI   string `json:"requestUri"`
			ResponseCode int    `json:"responseCode"`
		} `json:"http"`
		Input  *rawRef  `json:"input"`
		Output *rawRef  `json:"output"`
		Errors []rawRef `json:"errors"`
	} `json:"given"`
	Params       json.RawMessage `json:"params"`
	Serialized   json.RawMessage `json:"serialized"`
	Result       json.RawMessage `json:"result"`
	Response     json.RawMessage `json:"response"`
	Error        json.RawMessage `json:"error"`
	ErrorCode    string          `json:"errorCode"`
	ErrorMessage string          `json:"errorMessage"`
}

func (c *rawCase) vector(known *shapes) (*Vector, error) {
	v := &Vector{ID: c.ID, ErrorCode: c.ErrorCode, ErrorMessage: c.ErrorMessage}
	v.Operation = &codec.Operation{
		Name: c.Given.Name, Method: c.Given.HTTP.Method, URI: c.Given.HTTP.RequestURI, Status: c.Given.HTTP.ResponseCode,
		NewInput: codec.NewEmpty, NewOutput: codec.NewEmpty,
	}
	if ref := c.Given.Input; ref != nil {
		v.Operation.NewInput = func() codec.Shape { return NewDynamic(known.schema(ref.Shape)) }
	}
	if ref := c.Given.Output; ref != nil {
		v.Operation.NewOutput = func() codec.Shape { return NewDynamic(known.schema(ref.Shape)) }
	}
	ref, values := c.Given.Input, c.Params
	if c.Serialized != nil {
		if err := json.Unmarshal(c.Serialized, &v.Request); err != nil {
			return nil, err
		}
	} else {
		ref, values = c.Given.Output, c.Result
		if err := json.Unmarshal(c.Response, &v.Response); err != nil {
			return nil, err
		}
		if c.ErrorCode != "" {
			ref, values = &c.Given.Errors[0], c.Error
		}
	}
	if ref == nil {
		return v, nil
	}
	if len(values) == 0 {
		values = json.RawMessage("{}")
	}
	var err error
	v.Value, err = fill(known.schema(ref.Shape), values)
	return v, err
}
