import { createContext, useContext } from 'react';
import type { Gallery } from '../state/gallery-store';

export const GalleryContext = createContext<Gallery | undefined>(undefined);

/** The page's gallery; throws outside of the page. */
export function useGallery(): Gallery {
  const gallery = useContext(GalleryContext);
  if (!gallery) throw new Error('no gallery around this component');
  return gallery;
}
