// Package storetest is the contract that every store of Merlon keeps: each implementation runs it in its own tests.
package storetest
