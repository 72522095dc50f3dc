declare namespace App {
  interface Locals {
    galley: import("./galley").Client; // asks the API, and notes the tags of what it answers
  }
}
