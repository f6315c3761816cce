package app_test

import (
	"net/http"
	"net/url"
	"testing"

	"merlon.dev/merlon/internal/provider/providertest"
)

func TestFoundationModels(t *testing.T) {
	t.Parallel()
	w := setup(t, providertest.Says("hello"))
	all := w.call(http.MethodGet, "/foundation-models", object{})
	w.want("models", len(all.body["modelSummaries"].([]any)), 8) // seven of the configuration, and the small one
	w.want("of one provider", len(w.call(http.MethodGet, "/foundation-models?byProvider=Amazon", object{}).body["modelSummaries"].([]any)), 2)
	w.want("to customize", len(w.call(http.MethodGet, "/foundation-models?byCustomizationType=FINE_TUNING", object{}).body["modelSummaries"].([]any)), 0)
	arn := "arn:aws:bedrock:us-east-1::foundation-model/" + modelID
	for _, identifier := range []string{modelID, url.QueryEscape(arn)} {
		a := w.call(http.MethodGet, "/foundation-models/"+identifier, object{})
		w.want(identifier, []any{a.at("modelDetails.modelId"), a.at("modelDetails.modelArn")}, "["+modelID+" "+arn+"]")
	}
	unknown := w.call(http.MethodGet, "/foundation-models/no.such-model", object{})
	w.want("unknown", []any{unknown.status, unknown.code}, "[404 ResourceNotFoundException]")
	body := conversation("", "", message("user", text("hi")))
	w.want("a call by ARN", w.call(http.MethodPost, "/model/"+url.QueryEscape(arn)+"/converse", body).status, 200)
}
