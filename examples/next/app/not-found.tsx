export default function NotFound() {
  return <h1>There is nothing at this address. It may have been withdrawn, or never have been here.</h1>;
}
