// A client site with the standard library. Every view of the page signs a token of its own.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"
	"time"
)

var (
	portal = env("VESTIBULE_URL", "https://portal.example.com")
	share  = env("VESTIBULE_SHARE", "00000000-0000-0000-0000-000000000000")
)

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Client site</title>
<h1>Client site</h1>
<iframe data-vestibule data-unlock-url="/unlock-url" src="{{.URL}}" title="Manual"
        style="width:100%;height:80vh;border:0" referrerpolicy="strict-origin" allow="fullscreen"
        sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"></iframe>
<script src="{{.Portal}}/embed.js" async></script>
</html>
`))

func env(name, usual string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return usual
}

func unlockURL(key []byte) string {
	// Whole seconds. The portal takes 60 of them and no leeway: 5 are for clocks that disagree.
	now := time.Now().Unix()
	claims := fmt.Sprintf(`{"iss":%q,"nbf":%d,"exp":%d}`, share, now-5, now+55)
	// JWT has base64 without padding: RawURLEncoding, not URLEncoding.
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(signed))
	return fmt.Sprintf("%s/content/%s?unlock=%s.%s", portal, share, signed, encode(mac.Sum(nil)))
}

func main() {
	// The key is the 32 bytes that the 64 hex digits stand for, not their text.
	key, err := hex.DecodeString(os.Getenv("VESTIBULE_UNLOCK_SECRET"))
	if err != nil || len(key) != 32 {
		log.Fatal("VESTIBULE_UNLOCK_SECRET must be 64 hex digits")
	}
	// Whoever gets these two answers can read the share: put them behind your own sign-in.
	// A cached answer holds a token that has run out, so no cache may keep them.
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		page.Execute(w, map[string]string{"URL": unlockURL(key), "Portal": portal})
	})
	http.HandleFunc("/unlock-url", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"url": unlockURL(key)})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+env("PORT", "3000"), nil))
}
