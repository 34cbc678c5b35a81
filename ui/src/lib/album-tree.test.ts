import { describe, expect, it } from "vitest";
import { albumName, albumTree, matching, type AlbumNode } from "./album-tree";

const album = (id: number, ...path: string[]) => ({ id, path, assets: 5, new: 2 });
const shape = (nodes: AlbumNode[]): unknown[] => nodes.map(({ title, album, children }) => (album ? title : [title, ...shape(children)]));

describe("albums", () => {
  it("lie in their folders, in the order of their titles as people read them", () => {
    const albums = [album(1, "Trips", "2024", "Paris"), album(2, "zoo"), album(3, "Album 10"), album(4, "Album 9"), album(5, "Trips", "Rome")];
    expect(shape(albumTree(albums))).toEqual(["Album 9", "Album 10", ["Trips", ["2024", "Paris"], "Rome"], "zoo"]);
  });

  it("stay apart from a folder of the same name", () => {
    expect(shape(albumTree([album(1, "Trips"), album(2, "Trips", "Rome")]))).toEqual(["Trips", ["Trips", "Rome"]]);
  });

  it("are found by words of their path", () => {
    const albums = [album(1, "Trips", "Rome"), album(2, "Best of Rome"), album(3, "Paris")];
    expect(matching(albums, "rome trips").map(({ id }) => id)).toEqual([1]);
    expect(matching(albums, " ").length).toBe(3);
    expect(albumName(["Trips", "Rome"])).toBe("Trips › Rome");
  });
});
