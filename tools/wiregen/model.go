package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// model is a service model in botocore's format.
type model struct {
	Metadata struct {
		APIVersion     string   `json:"apiVersion"`
		EndpointPrefix string   `json:"endpointPrefix"`
		SigningName    string   `json:"signingName"`
		TargetPrefix   string   `json:"targetPrefix"`
		JSONVersion    string   `json:"jsonVersion"`
		XMLNamespace   xmlSpace `json:"xmlNamespace"`
		Protocol       string   `json:"protocol"`
		ServiceID      string   `json:"serviceId"`
		// QueryCompatible is there, and empty, where the service spoke awsQuery once.
		QueryCompatible *struct{} `json:"awsQueryCompatible"`
	} `json:"metadata"`
	Operations map[string]*operation `json:"operations"`
	Shapes     map[string]*shape     `json:"shapes"`
}

type operation struct {
	Name string `json:"name"`
	HTTP struct {
		Method       string `json:"method"`
		RequestURI   string `json:"requestUri"`
		ResponseCode int    `json:"responseCode"`
	} `json:"http"`
	Input  *reference  `json:"input"`
	Output *reference  `json:"output"`
	Errors []reference `json:"errors"`
}

// reference is a use of a shape, with the traits of that use.
type reference struct {
	Shape            string   `json:"shape"`
	Location         string   `json:"location"`
	LocationName     string   `json:"locationName"`
	QueryName        string   `json:"queryName"`
	XMLNamespace     xmlSpace `json:"xmlNamespace"`
	XMLAttribute     bool     `json:"xmlAttribute"`
	Flattened        bool     `json:"flattened"`
	Streaming        bool     `json:"streaming"`
	EventPayload     bool     `json:"eventpayload"`
	EventHeader      bool     `json:"eventheader"`
	IdempotencyToken bool     `json:"idempotencyToken"`
	HostLabel        bool     `json:"hostLabel"`
	JSONValue        bool     `json:"jsonvalue"`
	Deprecated       bool     `json:"deprecated"`
	TimestampFormat  string   `json:"timestampFormat"`
	ResultWrapper    string   `json:"resultWrapper"`
}

type shape struct {
	name string

	Type            string     `json:"type"`
	Members         members    `json:"members"`
	Required        []string   `json:"required"`
	Member          *reference `json:"member"`
	Key             *reference `json:"key"`
	Value           *reference `json:"value"`
	Min             *float64   `json:"min"`
	Max             *float64   `json:"max"`
	Pattern         string     `json:"pattern"`
	Enum            []string   `json:"enum"`
	Payload         string     `json:"payload"`
	LocationName    string     `json:"locationName"`
	XMLNamespace    xmlSpace   `json:"xmlNamespace"`
	XMLOrder        []string   `json:"xmlOrder"`
	TimestampFormat string     `json:"timestampFormat"`
	Sensitive       bool       `json:"sensitive"`
	Union           bool       `json:"union"`
	Document        bool       `json:"document"`
	Sparse          bool       `json:"sparse"`
	Flattened       bool       `json:"flattened"`
	EventStream     bool       `json:"eventstream"`
	Event           bool       `json:"event"`
	Exception       bool       `json:"exception"`
	Fault           bool       `json:"fault"`
	Deprecated      bool       `json:"deprecated"`
	Error           struct {
		Code           string `json:"code"`
		HTTPStatusCode int    `json:"httpStatusCode"`
		SenderFault    bool   `json:"senderFault"`
	} `json:"error"`
}

// xmlSpace is an XML namespace, which models write as a string or as an object.
type xmlSpace struct{ URI, Prefix string }

func (x *xmlSpace) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &x.URI)
	}
	type plain xmlSpace
	return json.Unmarshal(data, (*plain)(x))
}

// members keeps the members of a structure in the model's order, which is the order on the wire.
type members []member

type member struct {
	Name string
	reference
}

func (m *members) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		next := member{Name: name.(string)}
		if err := d.Decode(&next.reference); err != nil {
			return err
		}
		*m = append(*m, next)
	}
	return nil
}

// parse reads a model and refuses one that refers to shapes which it does not hold.
func parse(data []byte) (*model, error) {
	m := new(model)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("parse model: %w", err)
	}
	for name, s := range m.Shapes {
		s.name = name
		for _, ref := range s.references() {
			if m.Shapes[ref.Shape] == nil {
				return nil, fmt.Errorf("shape %s refers to %s, which the model lacks", name, ref.Shape)
			}
		}
		if len(s.XMLOrder) > 0 {
			slices.SortStableFunc(s.Members, func(a, b member) int {
				return slices.Index(s.XMLOrder, a.Name) - slices.Index(s.XMLOrder, b.Name)
			})
		}
	}
	return m, nil
}

// references gives every use of another shape inside s.
func (s *shape) references() []reference {
	var out []reference
	for _, m := range s.Members {
		out = append(out, m.reference)
	}
	for _, ref := range []*reference{s.Member, s.Key, s.Value} {
		if ref != nil {
			out = append(out, *ref)
		}
	}
	return out
}

func (s *shape) requires(name string) bool { return slices.Contains(s.Required, name) }

// structure reports whether s becomes a Go struct.
func (s *shape) structure() bool { return s.Type == "structure" && !s.Document }
