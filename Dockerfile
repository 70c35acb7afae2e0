# Sonorant with its default models. A container has no sound card: it serves files and text.
#   docker build -t sonorant . && docker run --rm sonorant demo
FROM python:3.12-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg libportaudio2 \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -c constraints.txt .

RUN useradd --create-home sonorant
USER sonorant
ENV SONORANT_STATE=/home/sonorant/state
# The folder of a volume belongs to whoever owned it in the image.
RUN mkdir /home/sonorant/state && sonorant models pull default
VOLUME /home/sonorant/state

ENTRYPOINT ["sonorant"]
CMD ["demo"]
