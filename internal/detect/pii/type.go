package pii

import (
	"slices"

	"merlon.dev/merlon/internal/fault"
)

// Type is an entity type by its name on the wire. Its mask is the name in braces.
type Type string

// The closed list of types, as Amazon Bedrock Guardrails spells them.
const (
	Address                       Type = "ADDRESS"
	Age                           Type = "AGE"
	AWSAccessKey                  Type = "AWS_ACCESS_KEY"
	AWSSecretKey                  Type = "AWS_SECRET_KEY"
	CAHealthNumber                Type = "CA_HEALTH_NUMBER"
	CASocialInsuranceNumber       Type = "CA_SOCIAL_INSURANCE_NUMBER"
	CardCVV                       Type = "CREDIT_DEBIT_CARD_CVV"
	CardExpiry                    Type = "CREDIT_DEBIT_CARD_EXPIRY"
	CardNumber                    Type = "CREDIT_DEBIT_CARD_NUMBER"
	DriverID                      Type = "DRIVER_ID"
	Email                         Type = "EMAIL"
	IBAN                          Type = "INTERNATIONAL_BANK_ACCOUNT_NUMBER"
	IPAddress                     Type = "IP_ADDRESS"
	LicensePlate                  Type = "LICENSE_PLATE"
	MACAddress                    Type = "MAC_ADDRESS"
	Name                          Type = "NAME"
	Password                      Type = "PASSWORD"
	Phone                         Type = "PHONE"
	PIN                           Type = "PIN"
	SwiftCode                     Type = "SWIFT_CODE"
	UKNationalHealthServiceNumber Type = "UK_NATIONAL_HEALTH_SERVICE_NUMBER"
	UKNationalInsuranceNumber     Type = "UK_NATIONAL_INSURANCE_NUMBER"
	UKUniqueTaxpayerReference     Type = "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER"
	URL                           Type = "URL"
	USBankAccountNumber           Type = "US_BANK_ACCOUNT_NUMBER"
	USBankRoutingNumber           Type = "US_BANK_ROUTING_NUMBER"
	USIndividualTaxID             Type = "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER"
	USPassportNumber              Type = "US_PASSPORT_NUMBER"
	USSocialSecurityNumber        Type = "US_SOCIAL_SECURITY_NUMBER"
	Username                      Type = "USERNAME"
	VehicleIdentificationNumber   Type = "VEHICLE_IDENTIFICATION_NUMBER"
)

// ranks orders all types from the most to the least specific. It settles which type a stretch of text has when several claim it.
var ranks = [...]Type{
	AWSAccessKey, IBAN, CardNumber, MACAddress, VehicleIdentificationNumber, IPAddress, Email, AWSSecretKey,
	USIndividualTaxID, USSocialSecurityNumber, UKNationalInsuranceNumber, UKNationalHealthServiceNumber,
	CASocialInsuranceNumber, CAHealthNumber, UKUniqueTaxpayerReference, USBankRoutingNumber, USBankAccountNumber,
	USPassportNumber, DriverID, LicensePlate, CardExpiry, CardCVV, PIN, SwiftCode, Password, Phone, URL, Username,
	Address, Age, Name,
}

// Types gives all types, sorted by name.
func Types() []Type {
	all := slices.Clone(ranks[:])
	slices.Sort(all)
	return all
}

// Valid reports whether t is one of the closed list.
func (t Type) Valid() bool { return slices.Contains(ranks[:], t) }

// Mask gives what stands in for a masked value of the type.
func (t Type) Mask() string { return "{" + string(t) + "}" }

// Parse reads a type from its name on the wire; another name is a fault of kind Invalid.
func Parse(name string) (Type, error) {
	if t := Type(name); t.Valid() {
		return t, nil
	}
	return "", fault.New(fault.Invalid, "%q is not a PII entity type", name)
}

// rank gives the type's place in ranks; a type outside the list, which New refuses, ranks last.
func (t Type) rank() int {
	if i := slices.Index(ranks[:], t); i >= 0 {
		return i
	}
	return len(ranks)
}
