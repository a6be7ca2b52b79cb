#include "recsys/data/load.h"

#include "recsys/data/dataset_folder.h"
#include "recsys/data/demo_world.h"

namespace throng {

Dataset load_dataset(const std::string& path) {
  return path == "demo" ? make_demo_world() : read_dataset_folder(path);
}

}  // namespace throng
