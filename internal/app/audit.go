package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"merlon.dev/merlon/internal/audit"
	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/journal"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/operation"
)

// auditFolder is where the audit journal lies in the data folder.
const auditFolder = "audit"

// openJournal opens the audit journal of a data folder that this process has locked.
func openJournal(ctx context.Context, data string, log *slog.Logger) (*journal.Journal, error) {
	dir := filepath.Join(data, auditFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	key, err := digest.OpenKey(ctx, dir, nil, time.Now)
	if err != nil {
		return nil, err
	}
	return journal.Open(journal.Config{Dir: dir, Key: key, Log: log})
}

// auditor tells the recorder of the gateway's calls.
type auditor struct{ recorder *audit.Recorder }

// Begin fails where the record of the call could not be written.
func (a auditor) Begin(context.Context, gateway.Event) error { return a.recorder.Begin() }

// End writes the record. It does not end with the client, so the context is not asked.
func (a auditor) End(_ context.Context, e gateway.Event) error {
	return a.recorder.End(auditEvent(e))
}

func auditEvent(e gateway.Event) audit.Event {
	class := audit.Management
	if e.Class == operation.Data {
		class = audit.Data
	}
	resources := make([]string, len(e.Requirements))
	for i, r := range e.Requirements {
		resources[i] = r.Resource
	}
	return audit.Event{
		RequestID: e.Call.RequestID, Time: e.Call.Time, Source: eventSource(e.Service), Name: e.Operation,
		Class: class, ReadOnly: e.Effect == operation.Read, Account: e.Call.Account, Region: e.Call.Region,
		Identity: identity(e.Call.Caller), SourceIP: e.Call.SourceIP, UserAgent: e.Call.UserAgent, Resources: resources,
		ErrorCode: e.Code, ErrorMessage: e.Message, Host: e.Host, TLS: e.TLS,
	}
}

// eventSource gives CloudTrail's name of a service: the four parts of Bedrock share one.
func eventSource(service string) string {
	if strings.HasPrefix(service, "bedrock") {
		service = "bedrock"
	}
	return service + ".amazonaws.com"
}

func identity(c operation.Caller) audit.Identity {
	i := audit.Identity{ARN: c.Principal, AccessKeyID: c.AccessKeyID, PrincipalID: c.UserID}
	if c.Session != nil {
		i.Session = &audit.Session{
			Created: c.Session.IssuedAt, MFA: c.Session.MFA, IssuerARN: c.Issuer, IssuerID: c.PrincipalID, SourceIdentity: c.Session.SourceIdentity,
		}
	}
	return i
}
