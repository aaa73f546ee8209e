// A client site with the JDK alone (17 or newer). Every view of the page signs a token of its own.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class ClientSite {
    static final String PORTAL = env("VESTIBULE_URL", "https://portal.example.com");
    static final String SHARE = env("VESTIBULE_SHARE", "00000000-0000-0000-0000-000000000000");
    // The key is the 32 bytes that the 64 hex digits stand for, not their text.
    static final byte[] KEY = HexFormat.of().parseHex(env("VESTIBULE_UNLOCK_SECRET", ""));

    static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Client site</title>
            <h1>Client site</h1>
            <iframe data-vestibule data-unlock-url="/unlock-url" src="%s" title="Manual"
                    style="width:100%%;height:80vh;border:0" referrerpolicy="strict-origin" allow="fullscreen"
                    sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"></iframe>
            <script src="%s/embed.js" async></script>
            </html>
            """;

    static String env(String name, String usual) {
        return System.getenv().getOrDefault(name, usual);
    }

    static String unlockUrl() throws Exception {
        // Whole seconds. The portal takes 60 of them and no leeway: 5 are for clocks that disagree.
        long now = Instant.now().getEpochSecond();
        String header = base64url("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
        String claims = "{\"iss\":\"%s\",\"nbf\":%d,\"exp\":%d}".formatted(SHARE, now - 5, now + 55);
        String signed = header + "." + base64url(claims.getBytes(StandardCharsets.UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        String signature = base64url(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        return PORTAL + "/content/" + SHARE + "?unlock=" + signed + "." + signature;
    }

    static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            // A cached answer holds a token that has run out, so no cache may keep it.
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            String url = unlockUrl();
            switch (exchange.getRequestURI().getPath()) {
                case "/" -> send(exchange, "text/html; charset=utf-8", PAGE.formatted(url, PORTAL));
                case "/unlock-url" -> send(exchange, "application/json", "{\"url\":\"" + url + "\"}");
                default -> exchange.sendResponseHeaders(404, -1);
            }
        } catch (IOException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException(failure);
        }
    }

    static void send(HttpExchange exchange, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    public static void main(String[] args) throws IOException {
        if (KEY.length != 32) {
            throw new IllegalStateException("VESTIBULE_UNLOCK_SECRET must be 64 hex digits");
        }
        int port = Integer.parseInt(env("PORT", "3000"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        // Whoever gets these answers can read the share: put them behind your own sign-in.
        server.createContext("/", ClientSite::answer);
        server.start();
    }
}
