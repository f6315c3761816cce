// Package xmltext reads and writes XML text by the schemas of shapes: the bodies of awsQuery, ec2Query and restXml.
//
// What it writes is plain: elements, attributes, namespaces as the model has them, and no declaration. What it reads is a strict
// part of XML 1.0: no document type, no processing instruction, no entity but the five that XML itself has; depth and number of
// elements are bounded. Prefixes of elements are passed over, since AWS's own front ends pass over them.
package xmltext
