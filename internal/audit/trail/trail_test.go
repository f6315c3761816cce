package trail_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/store/sqlite"
)

var (
	home     = trail.Scope{Partition: "aws", Account: "123456789012", Region: "us-east-1"}
	abroad   = trail.Scope{Partition: "aws", Account: "123456789012", Region: "eu-west-1"}
	stranger = trail.Scope{Partition: "aws", Account: "999999999999", Region: "us-east-1"}
	noon     = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	bucket   = trail.Settings{Bucket: "audit-bucket", GlobalEvents: true}
)

func service(t *testing.T) *trail.Service {
	t.Helper()
	s, err := sqlite.OpenMemory(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return trail.NewService(s.Trails(), func() time.Time { return noon })
}

func code(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

func TestNames(t *testing.T) {
	t.Parallel()
	s := service(t)
	for _, bad := range []string{"", "ab", strings.Repeat("a", 129), "a b c", "-abc", "abc-", "a--b", "a._b", "192.168.5.4"} {
		if _, err := s.Create(context.Background(), home, bad, bucket, nil); code(err) != "InvalidTrailNameException" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"abc", strings.Repeat("a", 128), "My-Trail_1.x"} {
		if _, err := s.Create(context.Background(), home, good, bucket, nil); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), service(t)
	made, err := s.Create(ctx, home, "main", trail.Settings{Bucket: "audit-bucket", GlobalEvents: true, MultiRegion: true}, []trail.Tag{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := made.ARN(); got != "arn:aws:cloudtrail:us-east-1:123456789012:trail/main" {
		t.Error(got)
	}
	for _, name := range []string{"main", made.ARN()} {
		got, err := s.Get(ctx, abroad, name)
		if diff := cmp.Diff(made, got); err != nil || diff != "" {
			t.Errorf("%s from abroad: %v %s", name, err, diff)
		}
		if _, err := s.Get(ctx, stranger, name); code(err) != "TrailNotFoundException" {
			t.Errorf("%s for a stranger: %v", name, err)
		}
		if err := s.Log(ctx, abroad, name, true); code(err) != "InvalidHomeRegionException" {
			t.Errorf("%s changed from abroad: %v", name, err)
		}
	}
	if _, err := s.Create(ctx, abroad, "main", bucket, nil); code(err) != "TrailAlreadyExistsException" {
		t.Errorf("a name beside its shadow: %v", err)
	}
	if err := s.Log(ctx, home, "main", true); err != nil {
		t.Error(err)
	}
	if _, err := s.Update(ctx, home, "main", func(c *trail.Settings) { c.Prefix = "p" }); err != nil {
		t.Error(err)
	}
	if _, err := s.Update(ctx, home, "main", func(c *trail.Settings) { c.GlobalEvents = false }); code(err) != "InvalidParameterCombinationException" {
		t.Errorf("multi-Region without global events: %v", err)
	}
	if err := errors.Join(s.Tag(ctx, home, "main", []trail.Tag{{Key: "a", Value: "3"}}), s.Untag(ctx, home, "main", []string{"b", "c"})); err != nil {
		t.Error(err)
	}
	got, err := s.Get(ctx, home, "main")
	if err != nil || !got.Logging || !got.StartedAt.Equal(noon) || got.Prefix != "p" || !got.GlobalEvents || len(got.Tags) != 1 || got.Tags[0].Value != "3" {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range 4 {
		if _, err := s.Create(ctx, home, fmt.Sprintf("more-%d", i), bucket, nil); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Create(ctx, home, "sixth", bucket, nil); code(err) != "MaximumNumberOfTrailsExceededException" {
		t.Errorf("a sixth trail: %v", err)
	}
	for region, want := range map[string]int{"": 5, "us-east-1": 5, "eu-west-1": 1} {
		if all, err := s.List(ctx, home.Account, region); err != nil || len(all) != want {
			t.Errorf("%q: %d trails, %v", region, len(all), err)
		}
	}
	if err := s.Delete(ctx, home, made.ARN()); err != nil {
		t.Error(err)
	}
	if err := s.Delete(ctx, home, "main"); code(err) != "TrailNotFoundException" {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestSelectorsAreChecked(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), service(t)
	if _, err := s.Create(ctx, home, "main", bucket, nil); err != nil {
		t.Fatal(err)
	}
	field := func(name string, values ...string) trail.FieldSelector {
		return trail.FieldSelector{Field: name, Equals: values}
	}
	for name, advanced := range map[string][]trail.FieldSelector{
		"no category":           {field("eventName", "x")},
		"unknown category":      {field("eventCategory", "Other")},
		"unknown field":         {field("eventCategory", "Management"), field("color", "red")},
		"field twice":           {field("eventCategory", "Management"), field("eventName", "a"), field("eventName", "b")},
		"no value":              {field("eventCategory")},
		"data without type":     {field("eventCategory", "Data")},
		"two types":             {field("eventCategory", "Data"), field("resources.type", "a", "b")},
		"management with type":  {field("eventCategory", "Management"), field("resources.type", "a")},
		"readOnly of something": {field("eventCategory", "Management"), field("readOnly", "yes")},
	} {
		if _, err := s.Select(ctx, home, "main", nil, []trail.AdvancedSelector{{Fields: advanced}}); code(err) != "InvalidEventSelectorsException" {
			t.Errorf("%s: %v", name, err)
		}
	}
	basic := []trail.Selector{{Management: true}}
	good := []trail.AdvancedSelector{{Fields: []trail.FieldSelector{field("eventCategory", "Management")}}}
	for name, try := range map[string]func() (trail.Trail, error){
		"both": func() (trail.Trail, error) { return s.Select(ctx, home, "main", basic, good) },
		"none": func() (trail.Trail, error) { return s.Select(ctx, home, "main", nil, nil) },
		"six":  func() (trail.Trail, error) { return s.Select(ctx, home, "main", make([]trail.Selector, 6), nil) },
		"other types": func() (trail.Trail, error) {
			return s.Select(ctx, home, "main", []trail.Selector{{Data: []trail.DataResources{{Type: "AWS::Bedrock::Guardrail"}}}}, nil)
		},
	} {
		if _, err := try(); code(err) != "InvalidEventSelectorsException" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := s.Select(ctx, home, "main", nil, good); err != nil || len(got.Basic) != 0 || len(got.Advanced) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSelects(t *testing.T) {
	t.Parallel()
	apply := trail.Facts{
		Region: "us-east-1", ReadOnly: true, Source: "bedrock.amazonaws.com", Name: "ApplyGuardrail", Type: "AwsApiCall",
		Resources: []trail.Resource{{Type: "AWS::Bedrock::Guardrail", ARN: "arn:aws:bedrock:us-east-1:1:guardrail/abc"}},
	}
	create := trail.Facts{Region: "us-east-1", Management: true, Source: "bedrock.amazonaws.com", Name: "CreateGuardrail", Type: "AwsApiCall", UserARN: "arn:aws:iam::1:user/ada"}
	get := create
	get.ReadOnly, get.Name = true, "GetGuardrail"
	decrypt := create
	decrypt.Source, decrypt.Name, decrypt.ReadOnly = "kms.amazonaws.com", "Decrypt", true
	object := trail.Facts{Region: "us-east-1", Source: "s3.amazonaws.com", Name: "PutObject", Resources: []trail.Resource{{Type: "AWS::S3::Object", ARN: "arn:aws:s3:::train/a/b"}}}
	far := create
	far.Region = "eu-west-1"
	role := far
	role.Source, role.Name = "iam.amazonaws.com", "CreateRole"
	events := map[string]trail.Facts{"apply": apply, "create": create, "get": get, "decrypt": decrypt, "object": object, "far": far, "role": role}
	advanced := func(fields ...trail.FieldSelector) trail.Trail {
		return trail.Trail{Region: "us-east-1", Advanced: []trail.AdvancedSelector{{Fields: fields}}}
	}
	category := func(c string) trail.FieldSelector {
		return trail.FieldSelector{Field: "eventCategory", Equals: []string{c}}
	}
	kind := func(k string) trail.FieldSelector {
		return trail.FieldSelector{Field: "resources.type", Equals: []string{k}}
	}
	for _, c := range []struct {
		name  string
		trail trail.Trail
		want  string // in alphabetical order
	}{
		{"default", trail.Trail{Region: "us-east-1", Basic: []trail.Selector{{Effects: trail.All, Management: true}}}, "create decrypt get"},
		{"with global events", trail.Trail{Region: "us-east-1", Settings: trail.Settings{GlobalEvents: true}, Basic: []trail.Selector{{Effects: trail.All, Management: true}}}, "create decrypt get role"},
		{"multi-Region", trail.Trail{Region: "x", Settings: trail.Settings{MultiRegion: true}, Basic: []trail.Selector{{Effects: trail.All, Management: true}}}, "create decrypt far get role"},
		{"writes", trail.Trail{Region: "us-east-1", Basic: []trail.Selector{{Effects: trail.WriteOnly, Management: true}}}, "create"},
		{"without kms", trail.Trail{Region: "us-east-1", Basic: []trail.Selector{{Effects: trail.All, Management: true, ExcludedSources: []string{"kms.amazonaws.com"}}}}, "create get"},
		{"objects", trail.Trail{Region: "us-east-1", Basic: []trail.Selector{{Effects: trail.All, Data: []trail.DataResources{{Type: "AWS::S3::Object", Values: []string{"arn:aws:s3:::train/"}}}}}}, "object"},
		{"other objects", trail.Trail{Region: "us-east-1", Basic: []trail.Selector{{Effects: trail.All, Data: []trail.DataResources{{Type: "AWS::S3::Object", Values: []string{"arn:aws:s3:::training"}}}}}}, ""},
		{"advanced data", advanced(category("Data"), kind("AWS::Bedrock::Guardrail")), "apply"},
		{"advanced data by ARN", advanced(category("Data"), kind("AWS::S3::Object"), trail.FieldSelector{Field: "resources.ARN", StartsWith: []string{"arn:aws:s3:::train/"}}), "object"},
		{"advanced data by no ARN", advanced(category("Data"), kind("AWS::S3::Object"), trail.FieldSelector{Field: "resources.ARN", NotStartsWith: []string{"arn:aws:s3:::train/"}}), ""},
		{"advanced management", advanced(category("Management"), trail.FieldSelector{Field: "eventSource", NotEquals: []string{"kms.amazonaws.com"}}), "create get"},
		{"advanced by effect", advanced(category("Management"), trail.FieldSelector{Field: "readOnly", Equals: []string{"false"}}), "create"},
		{"advanced by name", advanced(category("Management"), trail.FieldSelector{Field: "eventName", StartsWith: []string{"Get"}, EndsWith: []string{"crypt"}}), "decrypt get"},
		{"advanced by user", advanced(category("Management"), trail.FieldSelector{Field: "userIdentity.arn", Equals: []string{"x"}}), ""},
		{"nothing", trail.Trail{Region: "us-east-1"}, ""},
	} {
		var got []string
		for _, name := range []string{"apply", "create", "decrypt", "far", "get", "object", "role"} {
			if c.trail.Selects(events[name]) {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}
