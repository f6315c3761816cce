package audit

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/audit/verify"
)

// trail calls an operation of CloudTrail and reads its answer into out, unless that is nil.
func (s *server) trail(t *testing.T, who caller, name, body string, out any) answer {
	t.Helper()
	r := s.sign(t, who, "cloudtrail", "POST", "/", []byte(body), map[string]string{
		"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101." + name,
	})
	a := s.send(t, r)
	if out != nil {
		if err := json.Unmarshal(a.body, out); err != nil || a.status != 200 {
			t.Fatalf("%s: %d %s, %v", name, a.status, a.body, err)
		}
	}
	return a
}

type event struct {
	EventId, EventName, ReadOnly, AccessKeyId, EventSource, Username, CloudTrailEvent string
	EventTime                                                                         float64
	Resources                                                                         []struct{ ResourceType, ResourceName string }
}

type events struct {
	Events    []event
	NextToken string
}

// lookup tries again while the rate of two a second is exceeded.
func (s *server) lookup(t *testing.T, who caller, body string) (out events) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		a := s.trail(t, who, "LookupEvents", body, nil)
		if a.code == "ThrottlingException" && time.Now().Before(deadline) {
			continue
		}
		if err := json.Unmarshal(a.body, &out); err != nil || a.status != 200 {
			t.Fatalf("LookupEvents %s: %d %s", body, a.status, a.body)
		}
		return out
	}
}

// TestLookupEvents: management events of one's own account, newest first, by one attribute, page by page; data events are not among them.
func TestLookupEvents(t *testing.T) {
	t.Parallel()
	s := start(t)
	var made struct{ GuardrailID, GuardrailArn string }
	a := s.send(t, s.sign(t, first, "bedrock", "POST", "/guardrails", fmt.Appendf(nil, guardrail, "one"), nil))
	if err := json.Unmarshal(a.body, &made); err != nil {
		t.Fatal(err)
	}
	s.send(t, s.sign(t, first, "bedrock", "POST", "/guardrail/"+made.GuardrailID+"/version/DRAFT/apply", []byte(`{"source":"INPUT","content":[{"text":{"text":"hello"}}]}`), nil))
	for range 7 {
		s.send(t, s.sign(t, first, "bedrock", "GET", "/guardrails/"+made.GuardrailID, nil, nil))
	}
	s.send(t, s.sign(t, second, "bedrock", "GET", "/guardrails", nil, nil))

	all := s.lookup(t, first, "{}")
	names := ""
	for _, e := range all.Events {
		names += e.EventName + " "
	}
	if want := strings.Repeat("GetGuardrail ", 7) + "CreateGuardrail "; names != want || all.NextToken != "" {
		t.Errorf("%q, want %q; token %q", names, want, all.NextToken)
	}
	last := all.Events[len(all.Events)-1]
	var r record
	if err := json.Unmarshal([]byte(last.CloudTrailEvent), &r); err != nil || r.EventID != last.EventId || r.RequestID != a.id {
		t.Errorf("%+v, %v", last, err)
	}
	if last.ReadOnly != "false" || last.AccessKeyId != first.key || last.EventSource != "bedrock.amazonaws.com" || last.Username != "root" || time.Since(time.Unix(int64(last.EventTime), 0)) > time.Hour {
		t.Errorf("%+v", last)
	}
	byResource := s.lookup(t, first, fmt.Sprintf(`{"LookupAttributes":[{"AttributeKey":"ResourceName","AttributeValue":%q}],"MaxResults":5}`, made.GuardrailArn))
	if len(byResource.Events) != 5 || byResource.NextToken == "" || byResource.Events[0].Resources[0].ResourceType != "AWS::Bedrock::Guardrail" {
		t.Errorf("by resource: %+v", byResource)
	}
	rest := s.lookup(t, first, fmt.Sprintf(`{"LookupAttributes":[{"AttributeKey":"ResourceName","AttributeValue":%q}],"MaxResults":5,"NextToken":%q}`, made.GuardrailArn, byResource.NextToken))
	if len(rest.Events) != 2 || rest.NextToken != "" {
		t.Errorf("the rest: %+v", rest)
	}
	if got := s.lookup(t, second, `{"LookupAttributes":[{"AttributeKey":"EventSource","AttributeValue":"bedrock.amazonaws.com"}]}`); len(got.Events) != 1 || got.Events[0].EventName != "ListGuardrails" {
		t.Errorf("the second account: %+v", got)
	}
	if got := s.lookup(t, first, `{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"ApplyGuardrail"}]}`); len(got.Events) != 0 {
		t.Errorf("a data event is looked up: %+v", got)
	}
	if got := s.lookup(t, first, fmt.Sprintf(`{"EndTime":%d}`, time.Now().Add(-time.Hour).Unix())); len(got.Events) != 0 {
		t.Errorf("before all: %+v", got)
	}
	time.Sleep(1100 * time.Millisecond) // a full second's rate, so that refusals are not the rate's
	for body, want := range map[string]string{
		`{"MaxResults":51}`: "InvalidMaxResultsException",
		`{"LookupAttributes":[{"AttributeKey":"EventId","AttributeValue":"a"},{"AttributeKey":"EventId","AttributeValue":"b"}]}`: "InvalidLookupAttributesException",
		`{"StartTime":2,"EndTime":1}`:                         "InvalidTimeRangeException",
		fmt.Sprintf(`{"NextToken":%q}`, byResource.NextToken): "InvalidNextTokenException",
		`{"EventCategory":"other"}`:                           "InvalidEventCategoryException",
	} {
		for {
			a := s.trail(t, second, "LookupEvents", body, nil)
			if a.code == "ThrottlingException" {
				time.Sleep(300 * time.Millisecond)
				continue
			}
			if a.status != 400 || !strings.Contains(string(a.body), want) {
				t.Errorf("%s: %d %s, want %s", body, a.status, a.body, want)
			}
			break
		}
	}
}

// TestTrails: what a Terraform-style client does with a trail.
func TestTrails(t *testing.T) {
	t.Parallel()
	s := start(t)
	var made struct{ Name, TrailARN, S3BucketName string }
	s.trail(t, first, "CreateTrail", `{"Name":"main","S3BucketName":"audit-bucket","IsMultiRegionTrail":true,"EnableLogFileValidation":true,"TagsList":[{"Key":"team","Value":"red"}]}`, &made)
	if made.TrailARN != "arn:aws:cloudtrail:us-east-1:"+first.account+":trail/main" || made.Name != "main" {
		t.Errorf("%+v", made)
	}
	for body, want := range map[string]string{
		`{"Name":"main","S3BucketName":"audit-bucket"}`: "TrailAlreadyExistsException",
		`{"Name":"x","S3BucketName":"audit-bucket"}`:    "InvalidTrailNameException",
		`{"Name":"other","S3BucketName":"A"}`:           "InvalidS3BucketNameException",
	} {
		if a := s.trail(t, first, "CreateTrail", body, nil); a.status != 400 || !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	var got struct {
		Trail struct {
			HomeRegion                                                                                        string
			IsMultiRegionTrail, LogFileValidationEnabled, HasCustomEventSelectors, IncludeGlobalServiceEvents bool
		}
	}
	s.trail(t, first, "GetTrail", `{"Name":"main"}`, &got)
	if got.Trail.HomeRegion != region || !got.Trail.IsMultiRegionTrail || !got.Trail.LogFileValidationEnabled || got.Trail.HasCustomEventSelectors || !got.Trail.IncludeGlobalServiceEvents {
		t.Errorf("%+v", got)
	}
	var selectors struct {
		EventSelectors         []struct{ ReadWriteType string }
		AdvancedEventSelectors []struct{ FieldSelectors []struct{ Field string } }
	}
	s.trail(t, first, "GetEventSelectors", `{"TrailName":"main"}`, &selectors)
	if len(selectors.EventSelectors) != 1 || selectors.EventSelectors[0].ReadWriteType != "All" {
		t.Errorf("%+v", selectors)
	}
	s.trail(t, first, "PutEventSelectors", `{"TrailName":"main","AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},{"Field":"resources.type","Equals":["AWS::Bedrock::Guardrail"]}]}]}`, &selectors)
	s.trail(t, first, "GetTrail", `{"Name":"main"}`, &got)
	if len(selectors.AdvancedEventSelectors) != 1 || !got.Trail.HasCustomEventSelectors {
		t.Errorf("%+v %+v", selectors, got)
	}
	s.trail(t, first, "StartLogging", `{"Name":"main"}`, &struct{}{})
	var status struct {
		IsLogging                               bool
		StartLoggingTime                        float64
		TimeLoggingStarted, LatestDeliveryError string
	}
	s.trail(t, first, "GetTrailStatus", `{"Name":"`+made.TrailARN+`"}`, &status)
	if !status.IsLogging || status.StartLoggingTime == 0 || status.TimeLoggingStarted == "" || status.LatestDeliveryError == "" {
		t.Errorf("%+v", status)
	}
	var tags struct {
		ResourceTagList []struct{ TagsList []struct{ Key, Value string } }
	}
	s.trail(t, first, "ListTags", `{"ResourceIdList":["`+made.TrailARN+`"]}`, &tags)
	if len(tags.ResourceTagList) != 1 || len(tags.ResourceTagList[0].TagsList) != 1 || tags.ResourceTagList[0].TagsList[0].Key != "team" {
		t.Errorf("%+v", tags)
	}
	for _, name := range []string{"GetTrail", "StartLogging", "DeleteTrail", "GetTrailStatus"} {
		// A name of one's own account is not there; somebody else's ARN is denied before that.
		if a := s.trail(t, second, name, `{"Name":"main"}`, nil); !strings.Contains(string(a.body), "TrailNotFoundException") {
			t.Errorf("%s of a stranger's trail: %d %s", name, a.status, a.body)
		}
		if a := s.trail(t, second, name, `{"Name":"`+made.TrailARN+`"}`, nil); a.status < 400 {
			t.Errorf("%s of a stranger's ARN: %d %s", name, a.status, a.body)
		}
	}
	var list struct {
		TrailList []struct{ Name string }
		Trails    []struct{ TrailARN string }
	}
	s.trail(t, first, "DescribeTrails", `{}`, &list)
	s.trail(t, first, "ListTrails", `{}`, &list)
	if len(list.TrailList) != 1 || len(list.Trails) != 1 {
		t.Errorf("%+v", list)
	}
	s.trail(t, first, "StopLogging", `{"Name":"main"}`, &struct{}{})
	s.trail(t, first, "DeleteTrail", `{"Name":"main"}`, &struct{}{})
	if a := s.trail(t, first, "GetTrail", `{"Name":"main"}`, nil); a.status != 404 && !strings.Contains(string(a.body), "TrailNotFoundException") {
		t.Errorf("deleted: %d %s", a.status, a.body)
	}
}

// TestListPublicKeys: the key that is told is the one that signs the journal.
func TestListPublicKeys(t *testing.T) {
	t.Parallel()
	s := start(t)
	var out struct {
		PublicKeyList []struct {
			Value                              []byte
			Fingerprint                        string
			ValidityStartTime, ValidityEndTime float64
		}
	}
	s.trail(t, first, "ListPublicKeys", `{}`, &out)
	if len(out.PublicKeyList) != 1 {
		t.Fatalf("%+v", out)
	}
	k := out.PublicKeyList[0]
	told, err := x509.ParsePKCS1PublicKey(k.Value)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := verify.PublicKey(filepath.Join(s.data, "audit"))
	if err != nil || !told.Equal(kept) || len(k.Fingerprint) != 32 || k.ValidityEndTime <= k.ValidityStartTime {
		t.Errorf("%+v, %v", k, err)
	}
	if private, _ := filepath.Glob(filepath.Join(s.data, "audit", "signing-key*")); len(private) != 1 || filepath.Base(private[0]) != "signing-key.sealed" {
		t.Errorf("the private half lies in %v", private)
	}
}
