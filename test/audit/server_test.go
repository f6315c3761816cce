package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/audit/journal"
	"merlon.dev/merlon/internal/audit/verify"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

const region = "us-east-1"

// server is a Merlon with two accounts.
type server struct {
	url, data string
	stop      func()
	client    *http.Client
}

// caller is the root of an account.
type caller struct{ account, key, secret string }

var (
	first  = caller{"111111111111", "AKIAFIRST", "the-first-secret-of-20-chars-or-more"}
	second = caller{"222222222222", "AKIASECOND", "the-second-secret-of-20-chars-or-more"}
)

func start(t testing.TB) *server {
	t.Helper()
	return startIn(t, filepath.Join(t.TempDir(), "data"))
}

func startIn(t testing.TB, data string) *server {
	t.Helper()
	s := &server{data: data}
	c := config.Default()
	c.Listen, c.Data, c.Log.Level = "127.0.0.1:0", s.data, "error"
	c.Quotas = config.Quotas{}
	c.RootSecret.PassphraseFile = filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(c.RootSecret.PassphraseFile, []byte("a passphrase for tests alone, of some length\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, who := range []caller{first, second} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(who.secret), 0o600); err != nil {
			t.Fatal(err)
		}
		c.Accounts = append(c.Accounts, config.Account{ID: who.account, AccessKeyID: who.key, SecretFile: path})
	}
	resolved, err := config.Resolve(c, false)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(context.Background(), app.Options{Config: resolved, Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	a.Start()
	s.url = a.Endpoint()
	transport := &http.Transport{MaxIdleConnsPerHost: 32}
	s.client = &http.Client{Transport: transport}
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		transport.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(s.stop)
	return s
}

// sign makes a signed request for a service.
func (s *server) sign(t testing.TB, who caller, service, method, path string, body []byte, header map[string]string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	signer := sigv4.Signer{Credentials: sigv4.Credentials{AccessKeyID: who.key, Secret: secret.New(who.secret)}, Region: region, Service: service}
	signer.Sign(r, sigv4.HashPayload(body), time.Now())
	return r
}

// answer is what came back.
type answer struct {
	status int
	id     string // of the request
	code   string // of the error
	body   []byte
}

func (s *server) send(t testing.TB, r *http.Request) answer {
	t.Helper()
	response, err := s.client.Do(r)
	if err != nil {
		t.Error(err)
		return answer{}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return answer{response.StatusCode, response.Header.Get("X-Amzn-Requestid"), response.Header.Get("X-Amzn-Errortype"), body}
}

// record is the part of an audit record that the tests look at.
type record struct {
	UserIdentity struct {
		Type        string `json:"type"`
		PrincipalID string `json:"principalId"`
		ARN         string `json:"arn"`
		AccountID   string `json:"accountId"`
		AccessKeyID string `json:"accessKeyId"`
	} `json:"userIdentity"`
	EventTime         time.Time       `json:"eventTime"`
	EventSource       string          `json:"eventSource"`
	EventName         string          `json:"eventName"`
	AWSRegion         string          `json:"awsRegion"`
	SourceIP          string          `json:"sourceIPAddress"`
	UserAgent         string          `json:"userAgent"`
	ErrorCode         string          `json:"errorCode"`
	ErrorMessage      string          `json:"errorMessage"`
	RequestParameters json.RawMessage `json:"requestParameters"`
	ResponseElements  json.RawMessage `json:"responseElements"`
	RequestID         string          `json:"requestID"`
	EventID           string          `json:"eventID"`
	ReadOnly          *bool           `json:"readOnly"`
	ManagementEvent   *bool           `json:"managementEvent"`
	EventCategory     string          `json:"eventCategory"`
	EventType         string          `json:"eventType"`
	RecipientAccount  string          `json:"recipientAccountId"`
	SharedEventID     string          `json:"sharedEventID"`
	Resources         []struct {
		ARN       string `json:"ARN"`
		AccountID string `json:"accountId"`
		Type      string `json:"type"`
	} `json:"resources"`
}

// records stops the server, verifies its journal and gives what is in it.
func (s *server) records(t testing.TB) (records []record, text []byte) {
	t.Helper()
	s.stop()
	dir := filepath.Join(s.data, "audit")
	key, err := verify.PublicKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	report, err := verify.Folder(context.Background(), dir, key)
	if err != nil || len(report.Findings) > 0 {
		t.Fatalf("%v, %v", err, report.Findings)
	}
	segments, err := journal.Segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, segment := range segments {
		content, err := os.ReadFile(filepath.Join(dir, segment.Name))
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, content...)
		err = journal.Lines(bytes.NewReader(content), func(l journal.Line) error {
			f, err := journal.ParseFrame(l.Bytes)
			if err != nil {
				return err
			}
			var r record
			decoder := json.NewDecoder(bytes.NewReader(f.Record))
			if err := decoder.Decode(&r); err != nil {
				return fmt.Errorf("record %d: %w", f.Sequence, err)
			}
			records = append(records, r)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return records, text
}
