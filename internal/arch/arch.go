// Package arch holds the tests of the architecture: which way imports point, what files and packages look like, what the documents name.
package arch
