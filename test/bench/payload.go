package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// piiTypes are all 31 types of the service.
var piiTypes = strings.Fields(`ADDRESS AGE AWS_ACCESS_KEY AWS_SECRET_KEY CA_HEALTH_NUMBER CA_SOCIAL_INSURANCE_NUMBER CREDIT_DEBIT_CARD_CVV
CREDIT_DEBIT_CARD_EXPIRY CREDIT_DEBIT_CARD_NUMBER DRIVER_ID EMAIL INTERNATIONAL_BANK_ACCOUNT_NUMBER IP_ADDRESS LICENSE_PLATE MAC_ADDRESS NAME
PASSWORD PHONE PIN SWIFT_CODE UK_NATIONAL_HEALTH_SERVICE_NUMBER UK_NATIONAL_INSURANCE_NUMBER UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER URL USERNAME
US_BANK_ACCOUNT_NUMBER US_BANK_ROUTING_NUMBER US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER US_PASSPORT_NUMBER US_SOCIAL_SECURITY_NUMBER
VEHICLE_IDENTIFICATION_NUMBER`)

var patterns = []string{
	`\bTKT-[0-9]{6}\b`, `(?i)project\s+[a-z]+\d{2}`, `\b[A-Z]{2}\d{8}\b`, `order[ #:]+\d{5,10}`, `\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}\b`,
	`[A-Z]{3}-[A-Z]{3}-\d{4}`, `(?:emp|staff)[-_]?id[:= ]+\w+`, `\bv\d+\.\d+\.\d+-internal\b`, `\$\s?\d{1,3}(?:,\d{3})+`, `confidential(?:ity)?\s+level\s+[1-5]`,
}

// sentences are ordinary office talk; a few hold what a guardrail looks for.
var sentences = []string{
	"Thanks for getting back to me about the delivery, the second parcel came this morning and everything was in order. ",
	"Could you please check whether the meeting on Thursday still works for the whole team, or should we look for another day? ",
	"The report that you asked for is nearly done; I only need the figures of the last quarter from the finance department. ",
	"Our customer in Leeds wrote that the machine stops after about two hours and shows error 1042 on the display. ",
	"You can reach me at dana.whitfield@example.com or on +1 206-555-0143 if anything is unclear. ",
	"Please remember to water the plants in the kitchen while we are away, and help yourself to the tomatoes. ",
	"The new version reads the settings once at start, so a change needs a restart of the service to take effect. ",
	"I have read the draft twice and think that the third chapter should come first, since all others build on it. ",
}

// text gives at least n bytes of talk, cut to n.
func text(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(sentences[i%len(sentences)])
	}
	return b.String()[:n]
}

// modelTypes are the types that a model reads too; only the bench of all policies asks for them.
var modelTypes = []string{"NAME", "ADDRESS", "USERNAME", "PASSWORD", "AGE"}

// guardrail gives the request of a guardrail that lets the text pass: words that do not occur, the 26 PII types that have a format in detect
// mode, patterns.
func guardrail(name string, words, regexes int) map[string]any {
	var wordList, entities, regexList []any
	for i := range words {
		wordList = append(wordList, map[string]string{"text": fmt.Sprintf("%s %s%d", []string{"project", "operation", "code", "plan"}[i%4], []string{"heron", "falcon", "osprey", "kestrel", "merlin"}[i%5], i)})
	}
	for _, t := range piiTypes {
		if !slices.Contains(modelTypes, t) {
			entities = append(entities, map[string]string{"type": t, "action": "NONE"})
		}
	}
	for i := range regexes {
		regexList = append(regexList, map[string]string{"name": fmt.Sprintf("regex %d", i), "pattern": patterns[i], "action": "NONE"})
	}
	return map[string]any{
		"name": name, "blockedInputMessaging": "no", "blockedOutputsMessaging": "no",
		"wordPolicyConfig":                 map[string]any{"wordsConfig": wordList, "managedWordListsConfig": []any{map[string]string{"type": "PROFANITY"}}},
		"sensitiveInformationPolicyConfig": map[string]any{"piiEntitiesConfig": entities, "regexesConfig": regexList},
	}
}

// applyBody gives an ApplyGuardrail request for one text.
func applyBody(s string) []byte {
	data, err := json.Marshal(map[string]any{"source": "INPUT", "content": []any{map[string]any{"text": map[string]string{"text": s}}}})
	if err != nil {
		panic(err) // strings always marshal
	}
	return data
}
