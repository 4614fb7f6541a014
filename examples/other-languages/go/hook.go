package main

import (
	"encoding/base64"
	"errors"
	"regexp"

	"github.com/golang-jwt/jwt/v5"
)

type key struct{ Kid, K string }

var shape = regexp.MustCompile(`^([\w-]+\.){2}[\w-]{42}[AEIMQUYcgkosw048]$`)
var members = regexp.MustCompile(`^(alg|typ|kid)$`)
var names = regexp.MustCompile(`^(cmd|sub|cnt|rdr|exp|nbf|iat|jti|get)$`) // without use: nothing here counts uses

func mint(claims jwt.MapClaims, k key) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	if k.Kid != "" {
		token.Header["kid"] = k.Kid
	}
	secret, err := base64.RawURLEncoding.DecodeString(k.K)
	if err != nil {
		return "", err
	}
	return token.SignedString(secret)
}

func verify(text, command string, keys []key) (jwt.MapClaims, error) {
	if len(text) > 8192 || !shape.MatchString(text) {
		return nil, jwt.ErrTokenMalformed
	}
	for _, k := range keys {
		claims := jwt.MapClaims{}
		token, err := jwt.ParseWithClaims(text, claims, k.open, jwt.WithValidMethods([]string{"HS256"}))
		if errors.Is(err, jwt.ErrTokenUnverifiable) || errors.Is(err, jwt.ErrTokenSignatureInvalid) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !all(token.Header, members) || !all(claims, names) || claims["cmd"] != command {
			return nil, errors.New("another command, or a claim that is not known here")
		}
		return claims, nil
	}
	return nil, jwt.ErrTokenSignatureInvalid
}

func (k key) open(token *jwt.Token) (any, error) {
	if kid, named := token.Header["kid"]; named && kid != k.Kid {
		return nil, errors.New("another key")
	}
	return base64.RawURLEncoding.DecodeString(k.K)
}

func all(object map[string]any, names *regexp.Regexp) bool {
	for name := range object {
		if !names.MatchString(name) {
			return false
		}
	}
	return true
}
