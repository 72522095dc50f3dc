// Fills Strapi from the files that Galley imports, through its own documents: node fill.js FOLDER
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { createStrapi } = require('@strapi/strapi');

const [folder] = process.argv.slice(2);
const BATCH = 200;
const READABLE = ['article', 'section', 'topic', 'byline'];

async function* lines(name) {
  const input = fs.createReadStream(path.join(folder, name));
  for await (const line of readline.createInterface({ input })) yield JSON.parse(line);
}

async function allowReading(strapi) {
  const role = await strapi.db.query('plugin::users-permissions.role').findOne({ where: { type: 'public' } });
  for (const name of READABLE) {
    for (const act of ['find', 'findOne']) {
      const data = { action: `api::${name}.${name}.${act}`, role: role.id };
      await strapi.db.query('plugin::users-permissions.permission').create({ data });
    }
  }
}

async function keepPhoto(strapi, line) {
  const filepath = path.join(folder, line.file);
  const { size } = fs.statSync(filepath);
  const file = { filepath, originalFilename: path.basename(filepath), mimetype: 'image/jpeg', size };
  const fileInfo = { name: path.basename(filepath), alternativeText: line.alt_text, caption: line.credit_line };
  const [photo] = await strapi.plugin('upload').service('upload').upload({ data: { fileInfo }, files: file });
  return photo.id;
}

async function keepShared(strapi) {
  const ids = {};
  for await (const line of lines('shared.ndjson')) {
    if (line.kind === 'photo') {
      ids[line.id] = await keepPhoto(strapi, line);
    } else {
      const data = { slug: line.slug, name: line.name, kind: line.type };
      ids[line.slug] = (await strapi.documents(`api::${line.kind}.${line.kind}`).create({ data })).documentId;
    }
  }
  return ids;
}

function article(line, ids) {
  const { slug, headline, kicker, standfirst, genre, language, breaking } = line;
  return {
    ...{ slug, headline, kicker, standfirst, genre, language, breaking },
    printedAt: line.published_at,
    section: ids[line.section],
    topics: line.topics.map((topic) => ids[topic]),
    bylines: line.bylines.map((placed) => ids[placed.byline]),
    leadPhoto: line.lead_photo && ids[line.lead_photo.photo],
    photoCaption: line.lead_photo ? line.lead_photo.caption : '',
    body: line.body.map((block) => `<p>${block.html}</p>`).join(''),
  };
}

async function keepArticles(strapi, ids) {
  let batch = [];
  const keep = () =>
    strapi.db.transaction(async () => {
      for (const data of batch) await strapi.documents('api::article.article').create({ data, status: 'published' });
      batch = [];
    });
  for await (const line of lines('articles.ndjson')) {
    batch.push(article(line, ids));
    if (batch.length === BATCH) await keep();
  }
  await keep();
}

async function main() {
  const strapi = await createStrapi().load();
  await allowReading(strapi);
  await keepArticles(strapi, await strapi.db.transaction(() => keepShared(strapi)));
  await strapi.db.connection.raw('ANALYZE');
  await strapi.destroy();
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
