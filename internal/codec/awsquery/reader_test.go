package awsquery_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec/awsquery"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/wire/iam"
	"merlon.dev/merlon/internal/wire/sts"
)

// TestMalformed: what can be read in two ways, or in none, is refused where it stands.
func TestMalformed(t *testing.T) {
	t.Parallel()
	const tag = "Tags.member.1.Key=k&Tags.member.1.Value=v"
	tests := []struct{ name, body, want string }{
		{"twice", "RoleName=a&RoleName=a", `duplicate parameter "RoleName"`},
		{"twice, escaped", "RoleName=a&Role%4eame=a", `duplicate parameter "RoleName"`},
		{"unknown ones twice", "x=a&x=b", `duplicate parameter "x"`},
		{"escape", "RoleName=%zz", `the value of the parameter "RoleName" is not properly escaped`},
		{"escape in a name", "%zz=a", "a parameter's name is not properly escaped"},
		{"UTF-8", "RoleName=%ff", `invalid UTF-8 in the parameter "RoleName"`},
		{"no name", "=a", "a parameter without name"},
		{"long name", strings.Repeat("a", 1025) + "=", "a parameter's name exceeds 1024 bytes"},
		{"deep name", strings.Repeat("a.", 64) + "=", "a parameter's name has more than 64 parts"},
		{"many", strings.Repeat("a&", 10001), ""},
		{"value and parts", "RoleName=a&RoleName.x=b", "START_OBJECT can not be converted to String at 'roleName'"},
		{"parts of a string", "RoleName.member.1=b", "START_OBJECT can not be converted to String at 'roleName'"},
		{"number", "MaxSessionDuration=1.5", "STRING_VALUE can not be converted to Integer at 'maxSessionDuration'"},
		{"number with sign", "MaxSessionDuration=%2B5", "STRING_VALUE can not be converted to Integer at 'maxSessionDuration'"},
		{"number out of range", "MaxSessionDuration=4294967296", "STRING_VALUE can not be converted to Integer at 'maxSessionDuration'"},
		{"list as a value", "Tags=x", "STRING_VALUE can not be converted to List at 'tags'"},
		{"list without member", "Tags.1.Key=k", "expected .member.1 behind the name at 'tags'"},
		{"list without number", "Tags.member=k", "expected .member.1 behind the name at 'tags'"},
		{"list with more than member", tag + "&Tags.x=1", "expected .member.1 behind the name at 'tags'"},
		{"list from 0", "Tags.member.0.Key=k", `found number "0" where 1 is next at 'tags.1.member'`},
		{"list with a gap", tag + "&Tags.member.3.Key=k", `found number "3" where 2 is next at 'tags.2.member'`},
		{"list with a zero in front", "Tags.member.01.Key=k", `found number "01" where 1 is next at 'tags.1.member'`},
		{"list with a word", "Tags.member.x.Key=k", `found number "x" where 1 is next at 'tags.1.member'`},
		{"item as a value", "Tags.member.1=k", "STRING_VALUE can not be converted to Structure at 'tags.1.member'"},
		{"item", "Tags.member.1.Key.x=k", "START_OBJECT can not be converted to String at 'tags.1.member.key'"},
	}
	for _, test := range tests {
		in := new(iam.CreateRoleRequest)
		err := awsquery.Protocol{}.DecodeRequest(iam.CreateRole, httptest.NewRequest("POST", "/", nil), nil, []byte(test.body), in)
		if !fault.Is(err, fault.Malformed) || fault.From(err).Code != "MalformedInput" || test.want != "" && err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

// TestOrder: parameters may come in any order, and numbers count as numbers.
func TestOrder(t *testing.T) {
	t.Parallel()
	var parts []string
	for i := range 12 {
		n := 12 - i
		parts = append(parts, fmt.Sprintf("Tags.member.%d.Value=v%d&Tags.member.%d.Key=k%d", n, n, n, n))
	}
	in := new(iam.CreateRoleRequest)
	body := strings.Join(parts, "&") + "&Unknown.member.x=1&&RoleName=r+s"
	if err := (awsquery.Protocol{}).DecodeRequest(iam.CreateRole, httptest.NewRequest("POST", "/?Description=d&X-Amz-Date=1", nil), nil, []byte(body), in); err != nil {
		t.Fatal(err)
	}
	if len(in.Tags) != 12 || *in.RoleName != "r s" || *in.Description != "d" {
		t.Fatalf("got %d tags of %q, %q", len(in.Tags), *in.RoleName, *in.Description)
	}
	for i, tag := range in.Tags {
		if want := fmt.Sprintf("k%d v%d", i+1, i+1); *tag.Key+" "+*tag.Value != want {
			t.Errorf("tag %d is %s %s", i, *tag.Key, *tag.Value)
		}
	}
}

// TestContentType: a body that says it is something else is refused, and needs to say nothing.
func TestContentType(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"": true, "application/x-www-form-urlencoded; charset=utf-8": true, "Application/X-WWW-Form-Urlencoded": true, "application/json": false, "multipart/form-data; boundary=x": false,
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Content-Type", contentType)
		_, _, err := awsquery.Protocol{}.Action(r, []byte("Action=a"))
		if (err == nil) != want {
			t.Errorf("%q: %v", contentType, err)
		}
	}
}

// FuzzForm: a form that is accepted reads the same after it was written again; one that is not is the caller's fault.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{
		"Action=AssumeRole&Version=2011-06-15&RoleArn=a&Tags.member.1.Key=k&Tags.member.1.Value=%C3%A9+%26&TransitiveTagKeys.member.1=k&DurationSeconds=900",
		"PolicyArns.member.2.arn=b&PolicyArns.member.1.arn=a", "Tags=&PolicyArns=", "Tags.member.1=", "RoleArn.=1", "a=1&a=2", "%", "=",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		in := new(sts.AssumeRoleRequest)
		r := httptest.NewRequest("POST", "/", nil)
		if err := (awsquery.Protocol{}).DecodeRequest(sts.AssumeRole, r, nil, body, in); err != nil {
			if !fault.Is(err, fault.Malformed) || fault.From(err).Code != "MalformedInput" {
				t.Fatalf("%q: %v is no malformed request", body, err)
			}
			return
		}
		// A structure without members leaves no trace in a form.
		if strings.Contains(text(in), "{}") {
			return
		}
		again := new(sts.AssumeRoleRequest)
		if err := decodeInput(t, sts.AssumeRole, in, again); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		if got, want := text(again), text(in); got != want {
			t.Fatalf("%q: got %s, want %s", body, got, want)
		}
	})
}
