// The albums of a phone as a tree of folders, in the order of their titles.
import type { AlbumDto } from "../ipc/bindings/AlbumDto";

export interface AlbumNode {
  /** Names the node among all: its path. */
  key: string;
  title: string;
  /** The album of this path; a folder has none. */
  album: AlbumDto | null;
  children: AlbumNode[];
}

const BY_TITLE = new Intl.Collator("en-US", { numeric: true, sensitivity: "base" });
/** Titles have no control characters. */
const SEPARATOR = "\u001f";

export function keyOf(path: readonly string[]): string {
  return path.join(SEPARATOR);
}

/** "Trips › Rome". */
export function albumName(path: readonly string[]): string {
  return path.join(" › ");
}

function sorted(nodes: AlbumNode[]): AlbumNode[] {
  for (const node of nodes) sorted(node.children);
  return nodes.sort((a, b) => BY_TITLE.compare(a.title, b.title));
}

/** Folders and albums; a folder and an album of one name beside each other stay two. */
export function albumTree(albums: readonly AlbumDto[]): AlbumNode[] {
  const root: AlbumNode[] = [];
  const folders = new Map<string, AlbumNode>();
  const inside = (path: readonly string[]): AlbumNode[] => {
    if (path.length === 0) return root;
    const key = `${keyOf(path)}${SEPARATOR}`;
    const known = folders.get(key);
    if (known) return known.children;
    const folder = { key, title: path.at(-1) ?? "", album: null, children: [] };
    folders.set(key, folder);
    inside(path.slice(0, -1)).push(folder);
    return folder.children;
  };
  for (const album of albums) {
    inside(album.path.slice(0, -1)).push({ key: keyOf(album.path), title: album.path.at(-1) ?? "", album, children: [] });
  }
  return sorted(root);
}

/** Albums whose path has every word that was typed. */
export function matching(albums: readonly AlbumDto[], typed: string): readonly AlbumDto[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return albums.filter(({ path }) => words.every((word) => albumName(path).toLocaleLowerCase().includes(word)));
}
