package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/eval"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// compare finds out what --compare names.
func (e *evalCommand) compare(o *app.EvalOptions) error {
	if _, ok := guardrail.ParseVersion(e.Compare); ok && o.Subject.Endpoint != nil {
		c := *o.Subject.Endpoint
		c.Version = e.Compare
		o.Against = new(behind(c))
		return nil
	}
	info, err := os.Stat(e.Compare)
	if err != nil {
		return err
	}
	if info.IsDir() {
		o.Against = &app.EvalSubject{Name: "guard model " + e.Compare, Guardrail: o.Subject.Guardrail, Model: e.Compare}
		return nil
	}
	text, err := os.ReadFile(e.Compare)
	if err != nil {
		return err
	}
	var saved struct {
		Format *string `json:"format"`
	}
	if err := json.Unmarshal(text, &saved); err != nil {
		return fmt.Errorf("%s: %w", e.Compare, err)
	}
	if saved.Format != nil { // a guardrail has no such member
		o.AgainstSaved = text
		return nil
	}
	o.Against = &app.EvalSubject{Name: "guardrail " + e.Compare, Guardrail: text, Model: e.Model}
	return nil
}

// behind is a guardrail of a server.
func behind(c eval.EndpointConfig) app.EvalSubject {
	return app.EvalSubject{Name: fmt.Sprintf("guardrail %s version %s at %s", c.Identifier, c.Version, c.URL), Endpoint: &c}
}

// fromEnvironment reads credentials and Region as the AWS SDKs name them.
func fromEnvironment(environ []string) (c sigv4.Credentials, region string) {
	value := map[string]string{}
	for _, entry := range environ {
		name, v, _ := strings.Cut(entry, "=")
		value[name] = v
	}
	c = sigv4.Credentials{
		AccessKeyID: value["AWS_ACCESS_KEY_ID"], Secret: secret.New(value["AWS_SECRET_ACCESS_KEY"]), SessionToken: secret.New(value["AWS_SESSION_TOKEN"]),
	}
	if region = value["AWS_REGION"]; region == "" {
		region = value["AWS_DEFAULT_REGION"]
	}
	return c, region
}
