package kms

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	wire "merlon.dev/merlon/internal/wire/kms"
)

// Members that no code of the package names, and why.
func unmapped() map[string]string {
	return map[string]string{
		"CloudHsmClusterId":           "there are no custom key stores",
		"XksKeyConfiguration":         "there are no external key stores",
		"EncapsulationAlgorithms":     "there are no ML-KEM keys",
		"CiphertextForRecipient":      "Recipient is refused",
		"PendingDeletionWindowInDays": "in KeyMetadata only of multi-Region keys that wait for their replicas",
		"OnDemandRotationStartDate":   "a rotation is complete before its answer",
		"KeyEncryptionAlgorithm":      "Recipient is refused",
		"AttestationDocument":         "Recipient is refused",
		"Id":                          "of XksKeyConfiguration",
	}
}

// TestMappingIsTotal: every member of every input and output is read or written somewhere in the package, or listed above. It looks for the
// name: that the right member goes to the right place is for the recorded answers to show.
func TestMappingIsTotal(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				named[n.Sel.Name] = true
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok {
					named[key.Name] = true
				}
			}
			return true
		})
	}
	listed, members, used := unmapped(), 0, map[string]bool{}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || seen[of] || of.PkgPath() == "time" {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			f := of.Field(i)
			members++
			if listed[f.Name] != "" {
				used[f.Name] = true
			} else if !named[f.Name] {
				t.Errorf("%s.%s is not mapped", of.Name(), f.Name)
			}
			walk(f.Type)
		}
	}
	for _, op := range wire.Service.Operations {
		if op.NewInput != nil {
			walk(reflect.TypeOf(op.NewInput()))
			walk(reflect.TypeOf(op.NewOutput()))
		}
	}
	for name := range listed {
		if !used[name] {
			t.Errorf("%s is listed and is no member", name)
		}
	}
	if members < 200 {
		t.Errorf("looked at %d members", members)
	}
}
