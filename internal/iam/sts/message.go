package sts

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// Message is what an encoded authorization message says: why a request was denied.
type Message struct {
	Allowed           bool           `json:"allowed"`
	ExplicitDeny      bool           `json:"explicitDeny"`
	MatchedStatements MatchedList    `json:"matchedStatements"`
	Failures          MatchedList    `json:"failures"`
	Context           MessageContext `json:"context"`
}

// MatchedList is a list as AWS writes it in these messages.
type MatchedList struct {
	Items []MatchedStatement `json:"items"`
}

// MatchedStatement is a statement that decided.
type MatchedStatement struct {
	StatementID string `json:"statementId"`
	Effect      string `json:"effect"`
	Policy      string `json:"sourcePolicyId"`
	Type        string `json:"sourcePolicyType"`
}

// MessageContext is the request that was denied.
type MessageContext struct {
	Principal struct {
		ID  string `json:"id"`
		ARN string `json:"arn"`
	} `json:"principal"`
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

// messageContext binds a message to the account that may read it.
func messageContext(account string) map[string]string {
	return map[string]string{"merlon:purpose": "authorization-message", "account": account}
}

// EncodeMessage seals the reasons of a denial, for those of the caller's account who may decode them.
func EncodeMessage(ctx context.Context, sealer envelope.Sealer, userID string, req *policy.Request, d policy.Decision) (string, error) {
	m := Message{Allowed: d.Allowed(), ExplicitDeny: d.Explicit, MatchedStatements: MatchedList{[]MatchedStatement{}}, Failures: MatchedList{[]MatchedStatement{}}}
	for _, reason := range d.Reasons() {
		s := MatchedStatement{Policy: reason.Policy, Type: string(reason.Kind)}
		if reason.Statement != nil {
			s.StatementID, s.Effect = reason.Statement.Sid, reason.Statement.Effect.String()
		}
		m.MatchedStatements.Items = append(m.MatchedStatements.Items, s)
	}
	m.Context.Principal.ID, m.Context.Principal.ARN = userID, req.Principal.ARN
	m.Context.Action, m.Context.Resource = req.Action, req.Resource
	text, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("write authorization message: %w", err)
	}
	sealed, err := sealer.Seal(ctx, text, messageContext(req.Principal.Account))
	if err != nil {
		return "", fmt.Errorf("seal authorization message: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// DecodeMessage opens an encoded authorization message of the account.
func (s *Service) DecodeMessage(ctx context.Context, account, encoded string) (string, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err == nil {
		var text []byte
		if text, err = s.sealer.Open(ctx, sealed, messageContext(account)); err == nil {
			return string(text), nil
		}
		if !errors.Is(err, envelope.ErrOpen) {
			return "", err
		}
	}
	return "", &fault.Error{Kind: fault.Invalid, Code: "InvalidAuthorizationMessageException", Message: "Invalid Message: could not be decoded."}
}
