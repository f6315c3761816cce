// Package awsquery is the awsQuery protocol: requests are forms that name their operation in Action, answers are XML.
//
// A form is read as one sorted list of parameters, in which all that belong to one value stand side by side:
//
//	PolicyName=p
//	Tags.member.1.Key=team
//	Tags.member.1.Value=red
//	Tags.member.2.Key=...
//
// so that a structure, a list or a map is a range of the list, and no tree has to be built. What could be read in two ways is
// refused: a parameter that comes twice, a value beside parts of a value, a list that is not numbered from 1 without gaps.
package awsquery
