// embed.js as a module: import { connect } from "https://portal.example.com/embed.mjs"

import "./embed.js"

export const { connect } = window.Vestibule
