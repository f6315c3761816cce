package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"merlon.dev/merlon/internal/api/cloudtrail"
	"merlon.dev/merlon/internal/audit"
	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/journal"
	"merlon.dev/merlon/internal/audit/lookup"
	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	"merlon.dev/merlon/internal/store/sqlite"
)

// auditFolder is where the audit journal lies in the data folder.
const auditFolder = "audit"

// auditing is the audit journal and what reads and writes it.
type auditing struct {
	key      *digest.Key
	journal  *journal.Journal
	recorder *audit.Recorder
	index    *lookup.Index
	stop     context.CancelFunc
	ended    chan struct{} // closed when the index is no longer kept
}

// openAudit opens the audit journal of a data folder that this process has locked. Its signing key lies sealed.
func openAudit(ctx context.Context, data string, sealer envelope.Sealer, log *slog.Logger) (*auditing, error) {
	dir := filepath.Join(data, auditFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	key, err := digest.OpenKey(ctx, dir, sealer, time.Now)
	if err != nil {
		return nil, err
	}
	j, err := journal.Open(journal.Config{Dir: dir, Key: key, Log: log})
	if err != nil {
		return nil, err
	}
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	a := &auditing{key, j, audit.NewRecorder(j), lookup.New(j, log), stop, make(chan struct{})}
	go func() {
		defer close(a.ended)
		a.index.Keep(keeping)
	}()
	return a, nil
}

// Close ends the journal; no call may be in flight.
func (a *auditing) Close() error {
	a.stop()
	<-a.ended
	return a.journal.Close()
}

// service gives CloudTrail's operations.
func (a *auditing) service(store *sqlite.Store, pages *pagination.Signer) operation.Service {
	return cloudtrail.New(cloudtrail.Options{
		Trails: trail.NewService(store.Trails(), time.Now), Events: a.index, Key: a.key.Public(), Pages: pages, Now: time.Now,
	})
}

// lookupRate is how often an account may look up events, in calls a second of a Region: CloudTrail's own limit.
const lookupRate = 2

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
		ErrorCode: e.Code, ErrorMessage: e.Message, Input: e.Input, Unreadable: e.Unreadable, Host: e.Host, TLS: e.TLS,
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
