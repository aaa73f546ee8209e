// A client site with ASP.NET Core. Every view of the page signs a token of its own.
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

string Env(string name, string usual) => Environment.GetEnvironmentVariable(name) ?? usual;

var portal = Env("VESTIBULE_URL", "https://portal.example.com");
var share = Env("VESTIBULE_SHARE", "00000000-0000-0000-0000-000000000000");
// The key is the 32 bytes that the 64 hex digits stand for, not their text.
var key = Convert.FromHexString(Env("VESTIBULE_UNLOCK_SECRET", ""));
if (key.Length != 32) throw new InvalidOperationException("VESTIBULE_UNLOCK_SECRET must be 64 hex digits");
var credentials = new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256);

string UnlockUrl()
{
    // UTC, not local time. The portal takes 60 seconds and no leeway: 5 are for clocks that disagree.
    var now = DateTime.UtcNow;
    var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = share,
        NotBefore = now.AddSeconds(-5),
        Expires = now.AddSeconds(55),
        SigningCredentials = credentials,
    });
    return $"{portal}/content/{share}?unlock={token}";
}

string Page() => $"""
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Client site</title>
    <h1>Client site</h1>
    <iframe data-vestibule data-unlock-url="/unlock-url" src="{UnlockUrl()}" title="Manual"
            style="width:100%;height:80vh;border:0" referrerpolicy="strict-origin" allow="fullscreen"
            sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"></iframe>
    <script src="{portal}/embed.js" async></script>
    </html>
    """;

var app = WebApplication.CreateBuilder(args).Build();

// A cached answer holds a token that has run out, so no cache may keep it.
app.Use((context, next) =>
{
    context.Response.Headers.CacheControl = "no-store";
    return next(context);
});

// Whoever gets these two answers can read the share: put them behind your own sign-in.
app.MapGet("/", () => Results.Content(Page(), "text/html; charset=utf-8"));
app.MapGet("/unlock-url", () => Results.Json(new { url = UnlockUrl() }));

app.Run($"http://127.0.0.1:{Env("PORT", "3000")}");
