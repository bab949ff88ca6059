/** Everyday operations on files, with everyday tools. */

/** A script of sh(1), which runs in the tree, and the programs that it needs. */
export interface EverydayStep {
  readonly script: string;
  readonly tools: readonly string[];
}

const VIM = "vim -Nu NONE -es -c";
const GIT =
  "git -c user.name=a -c user.email=a@b -c init.defaultBranch=main -c gc.auto=0";
const NPM = "npm --offline --no-audit --no-fund --silent --cache ../cache";

/** The steps in order: most need the result of earlier ones. */
export const EVERYDAY_STEPS: readonly EverydayStep[] = [
  // Files and directories
  step("mkdir -p src/lib/deep docs; touch src/a src/lib/b docs/index.md"),
  step("echo text > src/new; echo more >> src/new; echo over > src/a"),
  step("echo more >> before/file; mv before/deep before/moved; rm before/file"),
  step("for i in 1 2 3 4 5 6 7 8; do head -c 9999 /dev/zero > docs/$i; done"),
  step("cp src/a src/copy; cp -r src copied; cp -rp docs src/lib/docs"),
  step("cp -al copied hard; echo changed >> hard/a"),
  step("mv src/copy src/moved; mv copied/lib/b copied; mv copied/a copied/b"),
  step("mv src/lib src/renamed; mv src/renamed copied/lib2; mv copied src"),
  step("ln -s ../docs src/link; ln -s nowhere src/dangling; ln src/a src/ln"),
  step(
    "ln -sfn .. src/link; rm src/dangling; chmod -R go-w src; touch -d 2001-01-01 src/a; chmod u+x src/new",
  ),
  step("install -D src/a deep/er/installed; truncate -s 100k docs/1"),
  step("dd if=/dev/zero of=docs/2 bs=512 count=4 conv=notrunc status=none"),
  step("split -b 1000 docs/3 docs/part-; cat docs/part-* > docs/whole"),
  step("find docs -name 'part-*' -exec mv {} {}.txt ';'"),
  step(
    "find docs -name '*.txt' -delete; mkdir -p src/gone/empty; rmdir -p src/gone/empty || :",
  ),
  step("rm -r src/copied; rm -rf hard; mkdir hard; echo > hard/again"),
  step("d=$(mktemp -d -p .) && echo > $d/file && mv $d made"),
  step("rm -r made before; mkdir made before; rmdir made; mv before made"),
  // Editors and filters
  step("sed -i s/text/replaced/ src/new; sed -i.orig s/over/under/ src/a"),
  step("perl -i -pe s/more/less/ src/new", "perl"),
  step(`${VIM} 'normal ovim' -c wq src/new`, "vim"),
  step(`${VIM} 'set backup' -c 'normal ocopy' -c wq src/a`, "vim"),
  step("printf '1\\na\\nline\\n.\\nw\\nq\\n' | ed -s src/new", "ed"),
  step("sort -o src/new src/new; tee src/tee docs/tee < src/new > /dev/null"),
  step(
    "cp src/a old; echo line >> old; diff -u src/a old | patch -b src/a; rm old",
    "diff",
    "patch",
  ),
  // Archives
  step("tar cf src.tar src; mkdir out; tar xf src.tar -C out", "tar"),
  step("tar xf src.tar -C out --overwrite; rm -r out/src; rm src.tar", "tar"),
  step("zip -qr docs.zip docs; unzip -qo docs.zip -d out", "zip", "unzip"),
  step("gzip docs/4; gunzip docs/4.gz; xz docs/5; unxz docs/5.xz", "xz"),
  // Copies in step
  step(
    "rsync -a src/ synced; echo more >> src/new; rsync -a src/ synced",
    "rsync",
  ),
  step("rm src/moved; rsync -a --delete src/ synced; rm -r synced", "rsync"),
  // Version control
  step(`mkdir repo; cd repo; ${GIT} init -q; cp -r ../docs ../src .`, "git"),
  step(`cd repo; ${GIT} add .; ${GIT} commit -qm one`, "git"),
  step(
    `cd repo; ${GIT} checkout -qb other; ${GIT} mv docs text; rm -r src; ` +
      `echo > new; ${GIT} add -A; ${GIT} commit -qm two; ` +
      `${GIT} checkout -q main; ${GIT} merge -q other`,
    "git",
  ),
  step(
    `cd repo; ${GIT} checkout -q HEAD~1; ${GIT} checkout -q main; ` +
      `echo >> new; ${GIT} stash -q; ${GIT} stash pop -q; ${GIT} gc -q`,
    "git",
  ),
  step(
    `${GIT} clone -q repo clone; cd clone; ${GIT} worktree add -q ../tree HEAD`,
    "git",
  ),
  step("rm -rf clone tree repo"),
  // Builds and packages
  step(
    "mkdir build; cd build; echo 'int main(void){return 0;}' > m.c; " +
      "printf 'm: m.o\\n\\tgcc -o $@ m.o\\n' > Makefile; make -s; rm m.o",
    "make",
    "gcc",
  ),
  step(
    "sqlite3 build/db 'create table t(a); insert into t values(1); vacuum'",
    "sqlite3",
  ),
  step(
    `mkdir -p pack/dep; cd pack/dep; echo '{"name":"dep","version":"1.0.0"}' > ` +
      `package.json; ${NPM} pack > /dev/null; cd ..; ` +
      `echo '{"name":"app","version":"1.0.0"}' > package.json; ` +
      `${NPM} install ./dep/dep-1.0.0.tgz`,
    "npm",
  ),
  step(`cd pack; ${NPM} ci; rm -r node_modules; ${NPM} ci`, "npm"),
];

function step(script: string, ...tools: string[]): EverydayStep {
  return { script, tools };
}
