# frozen_string_literal: true

# A client site with WEBrick. Every view of the page signs a token of its own.
require "erb"
require "json"
require "jwt"
require "webrick"

PORTAL = ENV.fetch("VESTIBULE_URL", "https://portal.example.com")
SHARE = ENV.fetch("VESTIBULE_SHARE", "00000000-0000-0000-0000-000000000000")
# The key is the 32 bytes that the 64 hex digits stand for, not their text.
KEY = [ENV.fetch("VESTIBULE_UNLOCK_SECRET")].pack("H*")
abort "VESTIBULE_UNLOCK_SECRET must be 64 hex digits" unless KEY.bytesize == 32

def unlock_url
  # Whole seconds. The portal takes 60 of them and no leeway: 5 are for clocks that disagree.
  now = Time.now.to_i
  token = JWT.encode({ iss: SHARE, nbf: now - 5, exp: now + 55 }, KEY, "HS256")
  "#{PORTAL}/content/#{SHARE}?unlock=#{token}"
end

PAGE = ERB.new(<<~HTML)
  <!doctype html>
  <html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Client site</title>
  <h1>Client site</h1>
  <iframe data-vestibule data-unlock-url="/unlock-url" src="<%= unlock_url %>" title="Manual"
          style="width:100%;height:80vh;border:0" referrerpolicy="strict-origin" allow="fullscreen"
          sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"></iframe>
  <script src="<%= PORTAL %>/embed.js" async></script>
  </html>
HTML

# A cached answer holds a token that has run out, so no cache may keep it.
def answer(response, type, body)
  response["Cache-Control"] = "no-store"
  response["Content-Type"] = type
  response.body = body
end

server = WEBrick::HTTPServer.new(BindAddress: "127.0.0.1", Port: ENV.fetch("PORT", "3000").to_i)
# Whoever gets these two answers can read the share: put them behind your own sign-in.
server.mount_proc("/unlock-url") { |_, response| answer(response, "application/json", { url: unlock_url }.to_json) }
server.mount_proc("/") do |request, response|
  raise WEBrick::HTTPStatus::NotFound unless request.path == "/"

  answer(response, "text/html; charset=utf-8", PAGE.result(binding))
end
%w[INT TERM].each { |signal| trap(signal) { server.shutdown } }
server.start
