import { createContext, useContext } from 'react';

/** How files get into the page. */
export interface Files {
  /** A file is being dragged over the page. */
  readonly dragging: boolean;
  /** Opens the browser's file dialog. */
  readonly choose: () => void;
  /** Fetches the sample data set that comes with the page. */
  readonly loadSample: () => Promise<void>;
}

export const FilesContext = createContext<Files | undefined>(undefined);

export function useFiles(): Files {
  const files = useContext(FilesContext);
  if (!files) throw new Error('no file handling around this component');
  return files;
}
