package gateway_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsjson"
	"merlon.dev/merlon/internal/codec/awsquery"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/gateway/gatewaytest"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/wire/iam"
	"merlon.dev/merlon/internal/wire/kms"
	"merlon.dev/merlon/internal/wire/sts"
)

// anyone lets callers without a principal through, and asks the account's root for nothing.
type anyone struct{ gatewaytest.RootAuthorizer }

func (a anyone) Authorize(ctx context.Context, call *operation.Call, requirements []operation.Requirement) error {
	if call.Principal == "" {
		return nil
	}
	return a.RootAuthorizer.Authorize(ctx, call, requirements)
}

// setupProtocols serves, beside Bedrock, an operation or two of each other protocol that say what they were given.
func setupProtocols(t testing.TB) *fixture {
	t.Helper()
	serve := func(schema *codec.Operation, limit int64, handle func(*operation.Call, codec.Shape) (codec.Shape, error)) operation.Operation {
		return operation.Operation{
			Schema: schema, Audit: operation.Management, Effect: operation.Read, BodyLimit: limit,
			Requires: func(*operation.Call, codec.Shape) []operation.Requirement {
				return []operation.Requirement{{Action: "x:" + schema.Name, Resource: "*"}}
			},
			Handle: func(_ context.Context, call *operation.Call, in codec.Shape) (codec.Shape, error) {
				return handle(call, in)
			},
		}
	}
	encrypt := serve(kms.Encrypt, 16<<10, func(_ *operation.Call, in codec.Shape) (codec.Shape, error) {
		request := in.(*kms.EncryptRequest)
		if *request.KeyId == "gone" {
			return nil, fault.New(fault.NotFound, "Key 'gone' does not exist")
		}
		return &kms.EncryptResponse{KeyId: request.KeyId, CiphertextBlob: request.Plaintext}, nil
	})
	enable := serve(kms.EnableKey, 4096, func(*operation.Call, codec.Shape) (codec.Shape, error) { return codec.NewEmpty(), nil })
	createRole := serve(iam.CreateRole, 64<<10, func(call *operation.Call, in codec.Shape) (codec.Shape, error) {
		request := in.(*iam.CreateRoleRequest)
		if *request.RoleName == "taken" {
			return nil, fault.New(fault.Conflict, "Role with name taken already exists.")
		}
		arn := "arn:aws:iam::" + call.Account + ":role/" + *request.RoleName
		return &iam.CreateRoleResponse{Role: &iam.Role{
			RoleName: request.RoleName, Arn: &arn, Path: new("/"), RoleId: new("AROAEXAMPLE"), CreateDate: &now, Tags: request.Tags,
			AssumeRolePolicyDocument: new(url.QueryEscape(*request.AssumeRolePolicyDocument)),
		}}, nil
	})
	getUser := serve(iam.GetUser, 4096, func(*operation.Call, codec.Shape) (codec.Shape, error) {
		return nil, fault.New(fault.NotFound, "The user with name <bob> cannot be found.")
	})
	deleteUser := serve(iam.DeleteUser, 4096, func(*operation.Call, codec.Shape) (codec.Shape, error) { return codec.NewEmpty(), nil })
	whoAmI := serve(sts.GetCallerIdentity, 4096, func(call *operation.Call, _ codec.Shape) (codec.Shape, error) {
		return &sts.GetCallerIdentityResponse{Account: &call.Account, Arn: &call.Principal, UserId: &call.Account}, nil
	})
	webIdentity := serve(sts.AssumeRoleWithWebIdentity, 32<<10, func(call *operation.Call, in codec.Shape) (codec.Shape, error) {
		return &sts.AssumeRoleWithWebIdentityResponse{Provider: new("for " + call.Principal + " in " + call.Region)}, nil
	})
	webIdentity.Unsigned = true
	return setup(t, func(f *fixture) {
		f.config.Protocols["json"], f.config.Protocols["query"] = awsjson.Protocol{}, awsquery.Protocol{}
		f.config.Authorizer = anyone{}
		f.config.Services = append(f.config.Services,
			operation.Service{Schema: kms.Service, Operations: []operation.Operation{encrypt, enable}, Codes: map[fault.Kind]string{fault.NotFound: "NotFoundException", fault.Internal: "KMSInternalException"}},
			operation.Service{Schema: iam.Service, Operations: []operation.Operation{createRole, getUser, deleteUser}, Codes: map[fault.Kind]string{fault.NotFound: "NoSuchEntity", fault.Conflict: "EntityAlreadyExists"}},
			operation.Service{Schema: sts.Service, Operations: []operation.Operation{whoAmI, webIdentity}},
		)
	})
}

// form makes a request as boto3 and the AWS CLI do for iam and sts.
func (f *fixture) form(t testing.TB, service, body string) *http.Request {
	t.Helper()
	f.signer.Service = service
	r, err := http.NewRequest("POST", f.url+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	f.signer.Sign(r, hashOf(body), now)
	return r
}

// target makes a request as boto3 and the AWS CLI do for kms.
func (f *fixture) target(t testing.TB, target, body string) *http.Request {
	t.Helper()
	f.signer.Service = "kms"
	r, err := http.NewRequest("POST", f.url+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", target)
	f.signer.Sign(r, hashOf(body), now)
	return r
}

// TestEveryProtocol calls services of three protocols through one gateway.
func TestEveryProtocol(t *testing.T) {
	t.Parallel()
	f := setupProtocols(t)
	if a := send(t, f.request(t, "POST", applyPath, applyBody, nil)); a.code() != "OK" {
		t.Errorf("rest-json: %s", a.text)
	}
	const iamForm, stsForm = "Version=2010-05-08&Action=", "Version=2011-06-15&Action="
	tests := []struct {
		name    string
		request *http.Request
		want    string
	}{
		{"json", f.target(t, "TrentService.Encrypt", `{"KeyId":"a","Plaintext":"aGk="}`), `{"CiphertextBlob":"aGk=","KeyId":"a"}`},
		{"json without output", f.target(t, "TrentService.EnableKey", `{"KeyId":"a"}`), `{}`},
		{
			"query", f.form(t, "iam", iamForm+"CreateRole&RoleName=r&AssumeRolePolicyDocument=%7B%7D&Tags.member.1.Key=k+1&Tags.member.1.Value=v%2B"),
			`<CreateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateRoleResult><Role><Path>/</Path><RoleName>r</RoleName>` +
				`<RoleId>AROAEXAMPLE</RoleId><Arn>arn:aws:iam::123456789012:role/r</Arn><CreateDate>2026-01-02T03:04:05Z</CreateDate>` +
				`<AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument><Tags><member><Key>k 1</Key><Value>v+</Value></member></Tags></Role></CreateRoleResult>` +
				`<ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata></CreateRoleResponse>`,
		},
		{
			"query without output", f.form(t, "iam", iamForm+"DeleteUser&UserName=u"),
			`<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata></DeleteUserResponse>`,
		},
		{
			"another query service", f.form(t, "sts", stsForm+"GetCallerIdentity"),
			`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><UserId>123456789012</UserId><Account>123456789012</Account>` +
				`<Arn>arn:aws:iam::123456789012:root</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
		},
	}
	for _, test := range tests {
		a := sendAny(t, test.request)
		if got := strings.ReplaceAll(a.text, a.Header.Get("X-Amzn-Requestid"), "ID"); a.StatusCode != 200 || got != test.want {
			t.Errorf("%s: %d\ngot  %s\nwant %s", test.name, a.StatusCode, got, test.want)
		}
	}
}

// TestPresignedAction: a presigned GetCallerIdentity names its action in the URL, as clients do who prove to others who they are.
func TestPresignedAction(t *testing.T) {
	t.Parallel()
	f := setupProtocols(t)
	f.signer.Service = "sts"
	r, err := http.NewRequest("GET", f.url+"/?Action=GetCallerIdentity&Version=2011-06-15", nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.URL, err = r.URL.Parse(f.signer.Presign(r, hashOf(""), now, time.Minute)); err != nil {
		t.Fatal(err)
	}
	if a := sendAny(t, r); a.StatusCode != 200 || !strings.Contains(a.text, "<Account>123456789012</Account>") {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
}

// TestUnsigned: an operation that needs no signature is called without one; anything else is not told from what does not exist.
func TestUnsigned(t *testing.T) {
	t.Parallel()
	f := setupProtocols(t)
	post := func(body string) answered {
		r, err := http.NewRequest("POST", f.url+"/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		return sendAny(t, r)
	}
	const call = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=me&WebIdentityToken=aaaa"
	if a := post(call); a.StatusCode != 200 || !strings.Contains(a.text, "<Provider>for  in us-east-1</Provider>") {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
	for _, body := range []string{"", "Action=GetCallerIdentity&Version=2011-06-15", "Action=Gone&Version=2011-06-15", "Action=GetUser&Version=2010-05-08", "%zz", "Action=GetCallerIdentity&Action=AssumeRoleWithWebIdentity&Version=2011-06-15"} {
		if a := post(body); a.StatusCode != 403 || !strings.Contains(a.text, "<Code>MissingAuthenticationToken</Code>") {
			t.Errorf("%q: %d %s", body, a.StatusCode, a.text)
		}
	}
	if a := post(strings.TrimSuffix(call, "aaaa")); a.StatusCode != 400 || !strings.Contains(a.text, "<Code>ValidationError</Code>") {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
	if a := post(call + "&RoleArn=x"); a.StatusCode != 400 || !strings.Contains(a.text, "<Code>MalformedInput</Code>") {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
	if a := post("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&WebIdentityToken=" + strings.Repeat("a", 40<<10)); a.StatusCode != 400 {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
}

// TestProtocolFailures: every protocol says no in its own way.
func TestProtocolFailures(t *testing.T) {
	t.Parallel()
	f := setupProtocols(t)
	const iamForm = "Version=2010-05-08&Action="
	forged := func(r *http.Request) *http.Request {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "Signature=", "Signature=0", 1)[:len(r.Header.Get("Authorization"))])
		return r
	}
	stranger := func(r *http.Request) *http.Request {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "AKIDROOT", "AKIDNONE", 1))
		return r
	}
	untyped := f.target(t, "TrentService.Encrypt", `{"KeyId":"a","Plaintext":"aGk="}`)
	untyped.Header.Set("Content-Type", "application/json")
	f.signer.Sign(untyped, hashOf(`{"KeyId":"a","Plaintext":"aGk="}`), now)
	byGet := f.target(t, "TrentService.EnableKey", "")
	byGet.Method = "GET"
	f.signer.Sign(byGet, hashOf(""), now)
	tests := []struct {
		name    string
		request *http.Request
		status  int
		code    string
	}{
		{"json: no such operation", f.target(t, "TrentService.Gone", "{}"), 400, "UnknownOperationException"},
		{"json: not served", f.target(t, "TrentService.Decrypt", "{}"), 400, "UnknownOperationException"},
		{"json: no target", f.target(t, "", "{}"), 400, "UnknownOperationException"},
		{"json: method", byGet, 400, "UnknownOperationException"},
		{"json: stranger", stranger(f.target(t, "TrentService.Encrypt", "{}")), 400, "UnrecognizedClientException"},
		{"json: forged", forged(f.target(t, "TrentService.Encrypt", "{}")), 400, "InvalidSignatureException"},
		{"json: malformed", f.target(t, "TrentService.Encrypt", "{"), 400, "SerializationException"},
		{"json: content type", untyped, 400, "SerializationException"},
		{"json: invalid", f.target(t, "TrentService.Encrypt", "{}"), 400, "ValidationException"},
		{"json: not found", f.target(t, "TrentService.Encrypt", `{"KeyId":"gone","Plaintext":"aGk="}`), 400, "NotFoundException"},
		{"json: too large", f.target(t, "TrentService.EnableKey", strings.Repeat(" ", 5000)), 400, "ValidationException"},
		{"query: no such operation", f.form(t, "iam", iamForm+"Gone"), 400, "InvalidAction"},
		{"query: not served", f.form(t, "iam", iamForm+"ListUsers"), 400, "InvalidAction"},
		{"query: other service's", f.form(t, "iam", "Action=GetCallerIdentity&Version=2011-06-15"), 400, "InvalidAction"},
		{"query: version", f.form(t, "iam", "Action=GetUser&Version=2011-06-15"), 400, "InvalidAction"},
		{"query: no version", f.form(t, "iam", "Action=GetUser"), 400, "InvalidAction"},
		{"query: no action", f.form(t, "iam", "Version=2010-05-08"), 400, "MissingAction"},
		{"query: no body", f.form(t, "iam", ""), 400, "MissingAction"},
		{"query: action twice", f.form(t, "iam", iamForm+"GetUser&Action=DeleteUser"), 400, "MalformedInput"},
		{"query: stranger", stranger(f.form(t, "iam", iamForm+"GetUser")), 403, "InvalidClientTokenId"},
		{"query: forged", forged(f.form(t, "iam", iamForm+"GetUser")), 403, "SignatureDoesNotMatch"},
		{"query: malformed", f.form(t, "iam", iamForm+"CreateRole&MaxSessionDuration=x"), 400, "MalformedInput"},
		{"query: invalid", f.form(t, "iam", iamForm+"CreateRole"), 400, "ValidationError"},
		{"query: not found", f.form(t, "iam", iamForm+"GetUser&UserName=bob"), 404, "NoSuchEntity"},
		{"query: conflict", f.form(t, "iam", iamForm+"CreateRole&RoleName=taken&AssumeRolePolicyDocument=%7B%7D"), 409, "EntityAlreadyExists"},
		{"query: too large for the operation", f.form(t, "iam", iamForm+"GetUser&UserName="+strings.Repeat("a", 5000)), 400, "ValidationError"},
		{"query: too large for any", f.form(t, "iam", iamForm+"GetUser&UserName="+strings.Repeat("a", 70<<10)), 400, "ValidationError"},
	}
	for _, test := range tests {
		a := sendAny(t, test.request)
		code, id := failureOf(t, a)
		if a.StatusCode != test.status || code != test.code || id != a.Header.Get("X-Amzn-Requestid") {
			t.Errorf("%s: %d %s %q, want %d %s\n%s", test.name, a.StatusCode, code, id, test.status, test.code, a.text)
		}
	}
}

// failureOf reads the code and request id of a failed answer as its protocol has them.
func failureOf(t *testing.T, a answered) (code, id string) {
	t.Helper()
	if a.Header.Get("Content-Type") == "text/xml" {
		failure, err := awsquery.Client{}.DecodeError([]byte(a.text), nil)
		if err != nil || failure.Message == "" || failure.Type != "Sender" {
			t.Errorf("%s: %v", a.text, err)
		}
		return failure.Code, failure.RequestID
	}
	var body struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal([]byte(a.text), &body); err != nil || body.Message == "" || a.Header.Get("Content-Type") != "application/x-amz-json-1.1" {
		t.Errorf("%s: %v", a.text, err)
	}
	return body.Type, a.Header.Get("X-Amzn-Requestid")
}
