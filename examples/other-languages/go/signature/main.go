package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log"
	"os"
	"strconv"
	"strings"
)

type key struct{ K string }

// The key is one of `hookurl keys jwk --for signature`: the one whose signing key verified the token.
func signingSecret(token string, k key) ([]byte, error) {
	segments := strings.Split(token, ".")
	if len(segments) < 2 {
		return nil, strconv.ErrSyntax
	}
	claims, err := base64.RawURLEncoding.DecodeString(segments[len(segments)-2])
	if err != nil {
		return nil, err
	}
	bytes, err := base64.RawURLEncoding.DecodeString(k.K)
	return sign(bytes, claims), err
}

// Standard Webhooks. The names of headers are lowercase.
func isSigned(headers map[string]string, body, secret []byte, now int64) bool {
	id, timestamp := headers["webhook-id"], headers["webhook-timestamp"]
	time, err := strconv.ParseUint(timestamp, 10, 40)
	if id == "" || err != nil || now-int64(time) > 300 || int64(time)-now > 300 {
		return false
	}
	mac := sign(secret, append([]byte(id+"."+timestamp+"."), body...))
	expected := []byte("v1," + base64.StdEncoding.EncodeToString(mac))
	for _, signature := range strings.Split(headers["webhook-signature"], " ") {
		if hmac.Equal([]byte(signature), expected) {
			return true
		}
	}
	return false
}

func sign(key, message []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(message)
	return mac.Sum(nil)
}

func main() {
	var given struct {
		Token, Body string
		Jwk         key
		Headers     map[string]string
		Now         int64
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		log.Fatal(err)
	}
	secret, err := signingSecret(given.Token, given.Jwk)
	if err != nil {
		log.Fatal(err)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"secret": "whsec_" + base64.StdEncoding.EncodeToString(secret),
		"signed": isSigned(given.Headers, []byte(given.Body), secret, given.Now),
	})
}
